/** TensorFlow.js writes relu's gradient as dy * step(x): one operation, and of relu's result, so that x can go. */
import { asStep, type Operand, type Rule, step } from './rewrite.js';

/** step(x) = step(relu(x)), NaN included. */
export function stepOfRelu(): Rule {
  const relus = new Map<Operand, Operand>();
  return (current) => {
    const x = current.operands[0]!;
    if (current.operation === 'unary' && current.attributes.operator === 'relu') relus.set(x, current);
    const relu = relus.get(x);
    if (current.operation !== 'step' || current.attributes.alpha !== 0 || relu === undefined)
      return undefined;
    return step('step', current.attributes, [relu], current);
  };
}

export const reluGradient: Rule = (current) => {
  if (current.operation !== 'binary' || current.attributes.operator !== 'mul') return undefined;
  const [a, b] = current.operands as [Operand, Operand];
  for (const [dy, mask] of [
    [a, asStep(b, 'step')],
    [b, asStep(a, 'step')],
  ] as const) {
    const sameShape = dy.shape.join() === mask?.shape.join();
    if (mask?.attributes.alpha === 0 && sameShape) {
      return step('reluGradient', {}, [dy, mask.operands[0]!], current);
    }
  }
  return undefined;
};
