/**
 * Scaling, shifting, adding and rectifying images channel by channel, as batch normalisation and residual blocks do
 * forwards and backwards, becomes one pass over memory; where the image comes straight from a convolution, none.
 */
import { isPerChannel } from '../graph/node.js';
import type { Extra } from '../graph/operations.js';
import { asStep, type Operand, type ReadOnce, type Rule, type Step, step } from './rewrite.js';

type Affine = Extract<Step, { operation: 'channelAffine' }>;

export const affine: Rule = (current, readOnce) => {
  if (current.shape.length !== 4 || current.dtype !== 'float32') return undefined;
  if (current.operation === 'unary' && current.attributes.operator === 'relu') {
    return rectified(current, readOnce);
  }
  if (current.operation !== 'binary') return undefined;
  const [a, b] = current.operands as [Operand, Operand];
  const { operator } = current.attributes;
  if (operator !== 'mul' && operator !== 'add') return undefined;
  for (const [image, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const found =
      operator === 'mul' ? scaled(current, image, other) : shifted(current, image, other, readOnce);
    if (found !== undefined) return found;
  }
  return undefined;
};

function isImage(operand: Operand, { shape }: Step): boolean {
  return operand.shape.length === 4 && operand.shape.join() === shape.join();
}

function isVector(operand: Operand, current: Step): boolean {
  return isPerChannel(operand.shape, current.shape) && !isImage(operand, current);
}

function scaled(current: Step, image: Operand, scale: Operand): Step | undefined {
  if (!isImage(image, current) || !isVector(scale, current)) return undefined;
  return step('channelAffine', { extras: ['scale'], relu: false }, [image, scale], current);
}

function shifted(current: Step, image: Operand, addend: Operand, readOnce: ReadOnce): Step | undefined {
  if (!isImage(image, current)) return undefined;
  const extra: Extra | undefined = isVector(addend, current)
    ? 'offset'
    : isImage(addend, current)
      ? 'residual'
      : undefined;
  if (extra === undefined) return undefined;
  const open = openAffine(image, readOnce);
  if (open !== undefined && !open.attributes.extras.includes(extra))
    return extended(open, extra, addend, current);
  if (extra === 'residual') return undefined;
  return step('channelAffine', { extras: ['offset'], relu: false }, [image, addend], current);
}

function rectified(current: Step, readOnce: ReadOnce): Step | undefined {
  const open = openAffine(current.operands[0]!, readOnce);
  if (open === undefined) return undefined;
  return step('channelAffine', { ...open.attributes, relu: true }, open.operands, current);
}

/** An affine map that nobody else reads and that more can be added to. */
function openAffine(operand: Operand, readOnce: ReadOnce): Affine | undefined {
  const found = asStep(operand, 'channelAffine');
  return found !== undefined && readOnce(operand) && !found.attributes.relu ? found : undefined;
}

function extended({ attributes, operands }: Affine, extra: Extra, operand: Operand, current: Step): Step {
  const [image, ...present] = operands;
  const byName = new Map<Extra, Operand>(attributes.extras.map((name, index) => [name, present[index]!]));
  byName.set(extra, operand);
  const extras = (['scale', 'offset', 'residual'] as const).filter((name) => byName.has(name));
  const ordered = [image!, ...extras.map((name) => byName.get(name)!)];
  return step('channelAffine', { extras, relu: false }, ordered, current);
}

/** A convolution scales its filter instead of its result, and adds, and rectifies, before it writes. */
export const convolutionEpilogue: Rule = (current, readOnce) => {
  if (current.operation !== 'channelAffine') return undefined;
  const [image, ...others] = current.operands as [Operand, ...Operand[]];
  const convolution = asStep(image, 'conv2d');
  if (convolution === undefined || !readOnce(image)) return undefined;
  const { extras, relu } = current.attributes;
  const [x, filter] = convolution.operands as [Operand, Operand];
  const scaledFilter = extras.includes('scale')
    ? step('binary', { operator: 'mul' }, [filter, others[0]!], filter)
    : filter;
  const remaining = extras.filter((extra) => extra !== 'scale');
  const operands = [x, scaledFilter, ...others.slice(extras.length - remaining.length)];
  return step('fusedConv2d', { ...convolution.attributes, extras: remaining, relu }, operands, current);
};
