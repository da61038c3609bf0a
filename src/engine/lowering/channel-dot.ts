/** Sums of products of two batches of images, channel by channel: in the blocked layout without writing the products. */
import { elementwise } from './broadcast.js';
import { blockedDomain, type Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { sumOver } from './reduction.js';
import { axisIn, commonLayout, positional, type Value } from './value.js';

type Four = readonly [number, number, number, number];

export const channelDotLowerings: LoweringTable<'channelDot'> = {
  channelDot: (instruction, operands, emitter) => {
    const [a, b] = operands as [Value, Value];
    const { shape } = a;
    if (commonLayout(operands, shape) === 'blocked') return result(instruction, blockedDot(a, b, emitter));
    const products = elementwise({ shape, dtype: 'float32' }, operands, emitter, (names) =>
      emitter.emit('Mul', names),
    );
    const layout = positional(products);
    const axes = [0, 1, 2].map((axis) => axisIn(layout, axis));
    return result(instruction, sumOver(products.in(layout, emitter), axes, emitter));
  },
};

/** Most products that one running sum takes in: enough to be fast, few enough to stay accurate. */
const longestSum = 1024;

/**
 * A convolution of one image that has every piece (a few rows of a channel of an image) for a channel, each with a filter
 * as large as the piece: one number for each piece, and nothing is written but these.
 */
function blockedDot(a: Value, b: Value, emitter: Emitter): string {
  const { block } = emitter.target;
  const [batch, height, width, channels] = a.shape as Four;
  const fits = (parts: number) => height % parts === 0 && (height / parts) * width <= longestSum;
  const parts = Array.from({ length: height }, (_, index) => index + 1).find(fits) ?? height;
  const [group, rows] = [batch * channels * parts, height / parts];
  const image = emitter.reshape(a.in('blocked', emitter), [1, group, rows, width]);
  const filter = emitter.reshape(b.in('blocked', emitter), [group, 1, rows, width]);
  const settings = { group, kernel_shape: [rows, width] };
  const dots = emitter.emit('Conv', [image, filter], settings, blockedDomain);
  const pieces = emitter.reshape(dots, [batch, channels / block, parts, block]);
  return emitter.reshape(sumOver(pieces, [0, 2], emitter), [channels]);
}
