/** Zeros put around an image before a convolution become the convolution's own padding, forwards and backwards. */
import type { Window } from '../graph/operations.js';
import { asStep, type Operand, type Rule, type Step, step } from './rewrite.js';

export const padding: Rule = (current, readOnce) => {
  if (current.operation === 'conv2d' || current.operation === 'conv2dFilterGradient') {
    return paddedConvolution(current);
  }
  if (current.operation === 'slice') return croppedGradient(current, readOnce(current.operands[0]!));
  return undefined;
};

function paddedConvolution(
  current: Extract<Step, { operation: 'conv2d' | 'conv2dFilterGradient' }>,
): Step | undefined {
  const [x, other] = current.operands as [Operand, Operand];
  const pad = asStep(x, 'pad');
  if (pad === undefined || pad.attributes.value !== 0) return undefined;
  const { before, after } = pad.attributes;
  const margins = [...before, ...after];
  const framed = [before[0], before[3], after[0], after[3]].every((margin) => margin === 0);
  if (before.length !== 4 || !framed || margins.some((margin) => margin < 0)) return undefined;
  const [top, left, bottom, right] = current.attributes.pads;
  const pads = [top + before[1]!, left + before[2]!, bottom + after[1]!, right + after[2]!] as const;
  const window: Window = { ...current.attributes, pads };
  return step(current.operation, window, [pad.operands[0]!, other], current);
}

/** The gradient of padding cuts the margins off again: they need not be computed. */
function croppedGradient(
  current: Extract<Step, { operation: 'slice' }>,
  readOnce: boolean,
): Step | undefined {
  const gradient = asStep(current.operands[0], 'conv2dInputGradient');
  if (gradient === undefined || !readOnce) return undefined;
  const { begin, strides } = current.attributes;
  const whole = [0, 3].every((axis) => current.shape[axis] === gradient.shape[axis]);
  if (!whole || strides.some((stride) => stride !== 1)) return undefined;
  const [top, left, bottom, right] = gradient.attributes.pads;
  const cut = [1, 2].map((axis) => gradient.shape[axis]! - current.shape[axis]! - begin[axis]!);
  const pads = [top + begin[1]!, left + begin[2]!, bottom + cut[0]!, right + cut[1]!] as const;
  return step('conv2dInputGradient', { ...gradient.attributes, pads }, gradient.operands, current);
}
