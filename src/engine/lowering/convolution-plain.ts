/** Convolutions on images with the channels first, for any number of channels. */
import type { Window } from '../graph/operations.js';
import type { Attributes, Emitter } from './emitter.js';
import { matrixProduct } from './matrix.js';
import { sumOver } from './reduction.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

export function windowAttributes({ strides, dilations, pads }: Window): Attributes {
  return { strides, dilations, pads };
}

export function plainConvolution(window: Window, x: Value, filter: Value, emitter: Emitter): string {
  const outputFirst = emitter.transpose(filter.plain(emitter), [3, 2, 0, 1]);
  return emitter.emit('Conv', [x.in('channelsFirst', emitter), outputFirst], windowAttributes(window));
}

/** How dy must be padded so that a convolution of stride 1 with the turned filter gives the input gradient. */
export function gradientPads(
  { dilations, pads: [top, left] }: Window,
  dyShape: readonly number[],
  filterShape: readonly number[],
  [, height, width]: Four,
): [number, number, number, number] {
  const reachY = dilations[0] * (filterShape[0]! - 1);
  const reachX = dilations[1] * (filterShape[1]! - 1);
  return [reachY - top, reachX - left, height - dyShape[1]! + top, width - dyShape[2]! + left];
}

/** Stride 1: the input gradient is dy convolved with the filter turned by 180 degrees, its channels swapped. */
export function plainInputGradient(
  window: Window,
  dy: Value,
  filter: Value,
  shape: Four,
  emitter: Emitter,
): string {
  const pads = gradientPads(window, dy.shape, filter.shape, shape);
  const swapped = emitter.transpose(turned(filter, emitter), [2, 3, 0, 1]);
  const attributes = { strides: [1, 1], dilations: window.dilations };
  const image = dy.in('channelsFirst', emitter);
  if (pads.every((pad) => pad >= 0)) return emitter.emit('Conv', [image, swapped], { ...attributes, pads });
  const margins = emitter.integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const framed = emitter.emit('Pad', [image, margins], { mode: 'constant' });
  return emitter.emit('Conv', [framed, swapped], { ...attributes, pads: [0, 0, 0, 0] });
}

/** [H, W, in, out], upside down and mirrored. */
function turned(filter: Value, emitter: Emitter): string {
  const [height, width] = filter.shape as Four;
  const name = filter.plain(emitter);
  if (height * width === 1) return name;
  const bounds = [
    [height - 1, width - 1],
    [-height - 1, -width - 1],
    [0, 1],
    [-1, -1],
  ].map((list) => emitter.integers(list));
  return emitter.emit('Slice', [name, ...bounds]);
}

/** Any stride, by onnxruntime's transposed convolution. */
export function plainStridedInputGradient(
  { strides, dilations, pads: [top, left] }: Window,
  dy: Value,
  filter: Value,
  [, height, width]: Four,
  emitter: Emitter,
): string {
  const [filterHeight, filterWidth] = filter.shape as Four;
  const [, dyHeight, dyWidth] = dy.shape as Four;
  // Rows the windows touch; those beyond the image are the padding of the forward pass, or were never touched.
  const touchedHeight = (dyHeight - 1) * strides[0] + dilations[0] * (filterHeight - 1) + 1;
  const touchedWidth = (dyWidth - 1) * strides[1] + dilations[1] * (filterWidth - 1) + 1;
  const bottom = touchedHeight - top - height;
  const right = touchedWidth - left - width;
  const attributes = {
    strides,
    dilations,
    pads: [top, left, Math.max(bottom, 0), Math.max(right, 0)],
    output_padding: [Math.max(-bottom, 0), Math.max(-right, 0)],
  };
  const swapped = emitter.transpose(filter.plain(emitter), [3, 2, 0, 1]);
  return emitter.emit('ConvTranspose', [dy.in('channelsFirst', emitter), swapped], attributes);
}

/**
 * For each filter position, the input under it [N, in, pixels] times dy [N, out, pixels] transposed, summed over the
 * images. The positions' [in, out] matrices, stacked, are the filter's own layout.
 */
export function plainFilterGradient(
  { strides, dilations, pads }: Window,
  x: Value,
  dy: Value,
  [filterHeight, filterWidth, channels, filters]: Four,
  emitter: Emitter,
): string {
  const [batch, outHeight, outWidth] = dy.shape as Four;
  const pixels = outHeight * outWidth;
  const padded = padImage(x.in('channelsFirst', emitter), pads, emitter);
  const gradient = emitter.reshape(dy.in('channelsFirst', emitter), [batch, filters, pixels]);
  const products: string[] = [];
  for (let row = 0; row < filterHeight; row += 1) {
    for (let column = 0; column < filterWidth; column += 1) {
      const begin = [row * dilations[0], column * dilations[1]] as const;
      const end = [begin[0] + (outHeight - 1) * strides[0] + 1, begin[1] + (outWidth - 1) * strides[1] + 1];
      const bounds = [begin, end, [2, 3], strides].map((list) => emitter.integers(list));
      const shifted = emitter.reshape(emitter.emit('Slice', [padded, ...bounds]), [batch, channels, pixels]);
      const sides = { transposeA: false, transposeB: true, rank: 3 };
      const perImage = matrixProduct([shifted, gradient], sides, emitter);
      products.push(sumOver(perImage, [0], emitter));
    }
  }
  const stacked = products.length === 1 ? products[0]! : emitter.emit('Concat', products, { axis: 0 });
  return emitter.reshape(stacked, [filterHeight, filterWidth, channels, filters]);
}

function padImage(name: string, [top, left, bottom, right]: Window['pads'], emitter: Emitter): string {
  if (top + left + bottom + right === 0) return name;
  const margins = emitter.integers([0, 0, top, left, 0, 0, bottom, right]);
  return emitter.emit('Pad', [name, margins], { mode: 'constant' });
}
