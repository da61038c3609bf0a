/** Convolutions and their gradients, on images with the channels first. */
import type { Window } from '../graph/operations.js';
import type { Attributes, Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { sumOver } from './reduction.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

function windowAttributes({ strides, dilations, pads }: Window): Attributes {
  return { strides, dilations, pads };
}

/** [H, W, in, out] as ONNX wants it, [out, in, H, W]. */
function outputFirst(filter: Value, emitter: Emitter): string {
  return emitter.transpose(filter.plain(emitter), [3, 2, 0, 1]);
}

export const convolutionLowerings: LoweringTable<
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient' | 'depthwiseConv2d'
> = {
  conv2d: (instruction, [x, filter], emitter) => {
    const operands = [x!.in('channelsFirst', emitter), outputFirst(filter!, emitter)];
    const name = emitter.emit('Conv', operands, windowAttributes(instruction.attributes));
    return result(instruction, name, 'channelsFirst');
  },

  conv2dInputGradient: (instruction, [dy, filter], emitter) => {
    const { attributes, shape } = instruction;
    const [strideY, strideX] = attributes.strides;
    const name =
      strideY === 1 && strideX === 1
        ? flippedConvolution(attributes, dy!, filter!, shape as Four, emitter)
        : transposedConvolution(attributes, dy!, filter!, shape as Four, emitter);
    return result(instruction, name, 'channelsFirst');
  },

  conv2dFilterGradient: (instruction, [x, dy], emitter) =>
    result(instruction, shiftedProducts(instruction.attributes, x!, dy!, instruction.shape as Four, emitter)),

  depthwiseConv2d: (instruction, [x, filter], emitter) => {
    const [height, width, channels, multiplier] = filter!.shape as Four;
    const perChannel = emitter.reshape(filter!.plain(emitter), [height, width, channels * multiplier, 1]);
    const operands = [x!.in('channelsFirst', emitter), emitter.transpose(perChannel, [2, 3, 0, 1])];
    const attributes = { ...windowAttributes(instruction.attributes), group: channels };
    return result(instruction, emitter.emit('Conv', operands, attributes), 'channelsFirst');
  },
};

/** Stride 1: the input gradient is dy convolved with the filter turned by 180 degrees, its channels swapped. */
function flippedConvolution(
  { dilations, pads: [top, left] }: Window,
  dy: Value,
  filter: Value,
  [, height, width]: Four,
  emitter: Emitter,
): string {
  const [filterHeight, filterWidth] = filter.shape as Four;
  const reach = [dilations[0] * (filterHeight - 1), dilations[1] * (filterWidth - 1)] as const;
  const [, dyHeight, dyWidth] = dy.shape as Four;
  const before = [reach[0] - top, reach[1] - left] as const;
  const pads = [...before, height + reach[0] - dyHeight - before[0], width + reach[1] - dyWidth - before[1]];
  const turned = turnFilter(filter, emitter);
  if (pads.every((pad) => pad >= 0)) {
    return emitter.emit('Conv', [dy.in('channelsFirst', emitter), turned], {
      strides: [1, 1],
      dilations,
      pads,
    });
  }
  const margins = emitter.integers([0, 0, before[0], before[1], 0, 0, pads[2]!, pads[3]!]);
  const framed = emitter.emit('Pad', [dy.in('channelsFirst', emitter), margins], { mode: 'constant' });
  return emitter.emit('Conv', [framed, turned], { strides: [1, 1], dilations, pads: [0, 0, 0, 0] });
}

/** [H, W, in, out] as [in, out, H, W], upside down and mirrored. */
function turnFilter(filter: Value, emitter: Emitter): string {
  const [height, width] = filter.shape as Four;
  const swapped = emitter.transpose(filter.plain(emitter), [2, 3, 0, 1]);
  if (height * width === 1) return swapped;
  const [starts, ends, axes, steps] = [
    [height - 1, width - 1],
    [-height - 1, -width - 1],
    [2, 3],
    [-1, -1],
  ].map((list) => emitter.integers(list));
  return emitter.emit('Slice', [swapped, starts!, ends!, axes!, steps!]);
}

function transposedConvolution(
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
function shiftedProducts(
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
      const perImage = emitter.emit(
        'FusedMatMul',
        [shifted, gradient],
        { transA: 0, transB: 1 },
        { domain: 'com.microsoft' },
      );
      products.push(sumOver(perImage, [0], emitter));
    }
  }
  const stacked = products.length === 1 ? products[0]! : emitter.emit('Concat', products, { axis: 0 });
  return emitter.reshape(stacked, [filterHeight, filterWidth, channels, filters]);
}

function padImage(name: string, [top, left, bottom, right]: Window['pads'], emitter: Emitter): string {
  if (top + left + bottom + right === 0) return name;
  return emitter.emit('Pad', [name, emitter.integers([0, 0, top, left, 0, 0, bottom, right])], {
    mode: 'constant',
  });
}
