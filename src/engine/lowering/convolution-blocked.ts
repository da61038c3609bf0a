/**
 * Convolutions in onnxruntime's blocked layout, 1.2 to 2 times as fast as its plain ones. Its filters are
 * [out / block, in / block, H, W, block of in, block of out] in memory under the shape [out, in, H, W].
 */
import type { Window } from '../graph/operations.js';
import { gradientPads, turned, windowAttributes } from './convolution-plain.js';
import { blockedDomain, type Emitter } from './emitter.js';
import { fillsBlocks, type Value } from './value.js';

type Four = readonly [number, number, number, number];

/** What is done to the result while it is still in registers: relu(result + bias + residual). */
export interface Epilogue {
  /** [out]. */
  readonly bias?: Value | undefined;
  readonly residual?: Value | undefined;
  readonly relu?: boolean | undefined;
}

/** Whether a convolution from so many channels to so many others can be blocked. */
export function canBlock(inputs: number, outputs: number, emitter: Emitter): boolean {
  const few = inputs < emitter.target.block;
  return fillsBlocks(outputs, emitter) && (few || fillsBlocks(inputs, emitter));
}

/** Images of fewer channels than a block, such as RGB, are read with the channels first. */
export function blockedConvolution(
  window: Window,
  x: Value,
  filter: Value,
  emitter: Emitter,
  { bias, residual, relu = false }: Epilogue = {},
): string {
  const [height, width, inputs, outputs] = filter.shape as Four;
  const operands = [
    x.in(fillsBlocks(inputs, emitter) ? 'blocked' : 'channelsFirst', emitter),
    blockFilter(filter.plain(emitter), filter.shape as Four, emitter),
    bias === undefined ? '' : emitter.reshape(bias.plain(emitter), [outputs]),
    residual === undefined ? '' : residual.in('blocked', emitter),
  ];
  while (operands.at(-1) === '') operands.pop();
  const activation = relu ? { activation: 'Relu' } : {};
  const attributes = { ...windowAttributes(window), kernel_shape: [height, width], ...activation };
  return emitter.emit('Conv', operands, attributes, blockedDomain);
}

/** From [H, W, in, out]. */
function blockFilter(name: string, [height, width, inputs, outputs]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const whole = fillsBlocks(inputs, emitter);
  const split = whole
    ? [height, width, inputs / block, block, outputs / block, block]
    : [height, width, inputs, outputs / block, block];
  const order = whole ? [4, 2, 0, 1, 3, 5] : [3, 2, 0, 1, 4];
  const transposed = emitter.transpose(emitter.reshape(name, split), order);
  return emitter.reshape(transposed, [outputs, inputs, height, width]);
}

/** From [H, W, in, out], for a convolution that takes out channels and gives in channels. */
function blockSwappedFilter(name: string, [height, width, inputs, outputs]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const split = emitter.reshape(name, [height, width, inputs / block, block, outputs / block, block]);
  return emitter.reshape(emitter.transpose(split, [2, 4, 0, 1, 5, 3]), [inputs, outputs, height, width]);
}

/** Stride 1: dy convolved with the turned filter. Undefined where that would need negative padding. */
export function blockedInputGradient(
  window: Window,
  dy: Value,
  filter: Value,
  shape: Four,
  emitter: Emitter,
): string | undefined {
  const pads = gradientPads(window, dy.shape, filter.shape, shape);
  if (pads.some((pad) => pad < 0)) return undefined;
  const [height, width] = filter.shape as Four;
  const name = blockSwappedFilter(turned(filter, emitter), filter.shape as Four, emitter);
  const { dilations } = window;
  const attributes = { strides: [1, 1], dilations, pads, kernel_shape: [height, width] };
  return emitter.emit('Conv', [dy.in('blocked', emitter), name], attributes, blockedDomain);
}

/** Whether the filter gradient can be blocked: by the images, which act as channels, and by the output channels. */
export function canBlockFilterGradient(
  { dilations }: Window,
  batch: number,
  outputs: number,
  emitter: Emitter,
): boolean {
  const dense = dilations.every((step) => step === 1);
  return dense && fillsBlocks(batch, emitter) && fillsBlocks(outputs, emitter);
}

/**
 * The filter gradient is itself a convolution: the images of the batch act as channels, dy as the filter, and the
 * padded input [N, H, W * in] as the image. Its width holds columns and channels, so a filter dilated by `in` moves over
 * columns, and the result, [out, H, W * in] of the filter's size, is the gradient. It reaches 1.2 (many channels) to 3
 * (few) times the speed of a product for each filter position.
 */
export function blockedFilterGradient(
  { strides, pads: [top, left] }: Window,
  x: Value,
  dy: Value,
  [filterHeight, filterWidth, inputs, outputs]: Four,
  emitter: Emitter,
): string {
  const { block } = emitter.target;
  const [batch, height, width] = x.shape as Four;
  const [, outHeight, outWidth] = dy.shape as Four;
  const neededHeight = (outHeight - 1) * strides[0] + filterHeight;
  const neededWidth = (outWidth - 1) * strides[1] + filterWidth;
  const margins = [0, top, left, 0, 0, neededHeight - top - height, neededWidth - left - width, 0];
  const framed = margins.every((margin) => margin === 0)
    ? x.plain(emitter)
    : emitter.emit('Pad', [x.plain(emitter), emitter.integers(margins)], { mode: 'constant' });
  const image = emitter.reshape(framed, [1, batch, neededHeight, neededWidth * inputs]);
  const operands = [
    emitter.emit('ReorderInput', [image], {}, blockedDomain),
    imagesAsChannels(dy, [batch, outHeight, outWidth, outputs], emitter),
  ];
  const attributes = {
    kernel_shape: [outHeight, outWidth],
    dilations: [strides[0], strides[1] * inputs],
    strides: [1, 1],
    pads: [0, 0, 0, 0],
  };
  const gradient = emitter.emit('Conv', operands, attributes, blockedDomain);
  const positions = filterHeight * filterWidth * inputs;
  const split = emitter.reshape(gradient, [outputs / block, positions, block]);
  return emitter.reshape(emitter.transpose(split, [1, 0, 2]), [filterHeight, filterWidth, inputs, outputs]);
}

/** dy as the blocked filter [out, N, H, W]. */
function imagesAsChannels(dy: Value, [batch, height, width, outputs]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const split = [batch / block, block, outputs / block, height, width, block];
  const transposed = emitter.transpose(emitter.reshape(dy.in('blocked', emitter), split), [2, 0, 3, 4, 1, 5]);
  return emitter.reshape(transposed, [outputs, batch, height, width]);
}

/** [in, out]-swapped blocked convolution of dy with a filter [H, W, in, out] already named. */
export function convolveBackwards(
  dy: Value,
  filter: string,
  shape: Four,
  pads: readonly number[],
  emitter: Emitter,
): string {
  const operands = [dy.in('blocked', emitter), blockSwappedFilter(filter, shape, emitter)];
  const attributes = { kernel_shape: [shape[0], shape[1]], strides: [1, 1], dilations: [1, 1], pads };
  return emitter.emit('Conv', operands, attributes, blockedDomain);
}
