/** Batch norm's sums of squares and of products, channel by channel, need not write the products down. */
import { asStep, type Rule, step } from './rewrite.js';

export const channelDot: Rule = (current, readOnce) => {
  if (current.operation !== 'reduce' || current.dtype !== 'float32') return undefined;
  const { operator, axes } = current.attributes;
  if (operator !== 'sum' || axes.join() !== '0,1,2') return undefined;
  const products = current.operands[0]!;
  if (products.shape.length !== 4 || !readOnce(products)) return undefined;
  const square = asStep(products, 'unary');
  if (square?.attributes.operator === 'square') {
    return step('channelDot', {}, [square.operands[0]!, square.operands[0]!], current);
  }
  const product = asStep(products, 'binary');
  const alike = product?.operands.every(({ shape }) => shape.join() === products.shape.join());
  if (product?.attributes.operator !== 'mul' || !alike) return undefined;
  return step('channelDot', {}, product.operands, current);
};
