/**
 * Convolutions in onnxruntime's blocked layout, 1.2 to 2 times as fast as its plain ones. Its filters are
 * [out / block, in / block, H, W, block of in, block of out] in memory under the shape [out, in, H, W].
 */
import { sizeOf } from '../graph/node.js';
import type { Window } from '../graph/operations.js';
import { gradientPads, windowAttributes } from './convolution-plain.js';
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

/**
 * From [H, W, in, out]. As an image of H * W * in pixels and `out` channels, a filter is put into blocks by the same fast
 * operator as images are; what is left to move then are whole blocks.
 */
function blockFilter(name: string, [height, width, inputs, outputs]: Four, emitter: Emitter): string {
  const { block } = emitter.target;
  const positions = height * width;
  const [groups, group] = fillsBlocks(inputs, emitter) ? [inputs / block, block * block] : [inputs, block];
  const image = emitter.reshape(name, [1, positions, inputs, outputs]);
  const blocks = emitter.emit('ReorderInput', [image], { channels_last: 1 }, blockedDomain);
  const split = emitter.reshape(blocks, [outputs / block, positions, groups, group]);
  const ordered = positions === 1 ? split : emitter.transpose(split, [0, 2, 1, 3]);
  return emitter.reshape(ordered, [outputs, inputs, height, width]);
}

/**
 * [in / block, out / block, H * W, block of out, block of in] from [H, W, in, out]: the filter of a convolution that
 * takes out channels and gives in channels.
 */
function swappedFilter(filter: Value, emitter: Emitter): string {
  const { block } = emitter.target;
  const [height, width, inputs, outputs] = filter.shape as Four;
  const [rows, columns, positions] = [outputs / block, inputs / block, height * width];
  const forwards = blockFilter(filter.plain(emitter), filter.shape as Four, emitter);
  // Putting `block` channels of `block` pixels into a block is to transpose them.
  const blocks = emitter.reshape(forwards, [rows * columns * positions, block, 1, block]);
  const transposed = emitter.emit('ReorderInput', [blocks], {}, blockedDomain);
  const split = emitter.reshape(transposed, [rows, columns, positions * block * block]);
  return emitter.reshape(emitter.transpose(split, [1, 0, 2]), [columns, rows, positions, block, block]);
}

/** Where a backwards convolution takes its filter from, and how it pads dy. */
export interface Backwards {
  /** Height and width of the filter it uses. */
  readonly size: readonly [number, number];
  /** For each of its filter's positions, row by row, the position in the forward filter. */
  readonly positions: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly [number, number];
}

/** dy convolved with chosen positions of the forward filter, from out to in channels, plus a blocked addend. */
export function convolveBackwards(
  dy: Value,
  filter: Value,
  { size, positions, pads, dilations }: Backwards,
  emitter: Emitter,
  addend?: string,
): string {
  const [, , inputs, outputs] = filter.shape as Four;
  const all = swappedFilter(filter, emitter);
  const inOrder =
    positions.length === sizeOf(filter.shape.slice(0, 2)) && positions.every((at, i) => at === i);
  const chosen = inOrder ? all : emitter.emit('Gather', [all, emitter.integers(positions)], { axis: 2 });
  const operands = [dy.in('blocked', emitter), emitter.reshape(chosen, [inputs, outputs, ...size])];
  if (addend !== undefined) operands.push('', addend);
  const attributes = { kernel_shape: size, strides: [1, 1], dilations, pads };
  return emitter.emit('Conv', operands, attributes, blockedDomain);
}

/** Stride 1: dy convolved with the filter turned by 180 degrees, plus the addend. Undefined where that needs negative padding. */
export function blockedInputGradient(
  window: Window,
  dy: Value,
  filter: Value,
  shape: Four,
  emitter: Emitter,
  addend?: Value,
): string | undefined {
  const pads = gradientPads(window, dy.shape, filter.shape, shape);
  if (pads.some((pad) => pad < 0)) return undefined;
  const [height, width] = filter.shape as Four;
  const positions = Array.from({ length: height * width }, (_, index) => height * width - 1 - index);
  const { dilations } = window;
  const how = { size: [height, width], positions, pads, dilations } as const;
  return convolveBackwards(dy, filter, how, emitter, addend?.in('blocked', emitter));
}
