/** Where an image is read twice, its gradients are added: a convolution adds the other one before it writes its own. */
import { asStep, type Operand, type Rule, step } from './rewrite.js';

export const gradientSum: Rule = (current, readOnce) => {
  if (current.operation !== 'binary' || current.attributes.operator !== 'add') return undefined;
  const [a, b] = current.operands as [Operand, Operand];
  if (a === b || a.shape.join() !== b.shape.join()) return undefined;
  // Of two convolutions, the one with the larger filter adds: the other's gradient may be zero at most pixels.
  const [larger, smaller] = filterSize(a) >= filterSize(b) ? [a, b] : [b, a];
  const gradient = asStep(larger, 'conv2dInputGradient');
  if (gradient === undefined || gradient.operands.length > 2 || !readOnce(larger)) return undefined;
  return step('conv2dInputGradient', gradient.attributes, [...gradient.operands, smaller], current);
};

/** Of the convolution whose gradient this is; 0 for anything else. */
function filterSize(operand: Operand): number {
  const [, filter] = asStep(operand, 'conv2dInputGradient')?.operands ?? [];
  return filter === undefined ? 0 : filter.shape[0]! * filter.shape[1]!;
}
