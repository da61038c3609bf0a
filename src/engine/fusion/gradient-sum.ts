/** Where an image is read twice, its gradients are added: a convolution adds the other one before it writes its own. */
import { asStep, type Operand, type Rule, step } from './rewrite.js';

export const gradientSum: Rule = (current, readOnce) => {
  if (current.operation !== 'binary' || current.attributes.operator !== 'add') return undefined;
  const [a, b] = current.operands as [Operand, Operand];
  for (const [image, addend] of [
    [a, b],
    [b, a],
  ] as const) {
    const gradient = asStep(image, 'conv2dInputGradient');
    const open = gradient?.operands.length === 2 && readOnce(image) && image !== addend;
    const dense = gradient?.attributes.strides.every((stride) => stride === 1);
    if (open && dense && addend.shape.join() === image.shape.join()) {
      return step('conv2dInputGradient', gradient.attributes, [...gradient.operands, addend], current);
    }
  }
  return undefined;
};
