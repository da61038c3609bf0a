/** Pooling and its gradients, on images with the channels first. */
import { sizeOf } from '../graph/node.js';
import type { Dtype, PoolWindow, Shape } from '../graph/operations.js';
import { type Attributes, blockedDomain, type Emitter } from './emitter.js';
import { type InstructionFor, type LoweringTable, result } from './lowering.js';
import type { Value } from './value.js';

type Four = readonly [number, number, number, number];

function poolAttributes({ size, strides, pads }: PoolWindow): Attributes {
  return { kernel_shape: size, strides, pads };
}

export const poolingLowerings: LoweringTable<
  'maxPool' | 'averagePool' | 'maxPoolGradient' | 'averagePoolGradient'
> = {
  maxPool: (instruction, [x], emitter) =>
    pool('MaxPool', poolAttributes(instruction.attributes), instruction, x!, emitter),

  averagePool: (instruction, [x], emitter) => {
    const attributes = { ...poolAttributes(instruction.attributes), count_include_pad: 0 };
    return pool('AveragePool', attributes, instruction, x!, emitter);
  },

  /** MaxPool also says where in its input each largest element was: dy is added there. */
  maxPoolGradient: (instruction, [dy, x], emitter) => {
    if (emitter.target.device === 'webgpu') {
      return result(instruction, gradientByComparing(instruction, dy!, x!, emitter), 'channelsFirst');
    }
    const [batch, height, width, channels] = instruction.shape as Four;
    const size = sizeOf(instruction.shape);
    const attributes = poolAttributes(instruction.attributes);
    const operands = [x!.in('channelsFirst', emitter)];
    const [, positions] = emitter.emitAll('MaxPool', operands, attributes, { outputs: 2 });
    const zeros = emitter.emit('Expand', [emitter.scalar('float32', 0), emitter.integers([size])]);
    const scattered = emitter.emit(
      'ScatterElements',
      [zeros, emitter.reshape(positions!, [-1]), emitter.reshape(dy!.in('channelsFirst', emitter), [-1])],
      { axis: 0, reduction: 'add' },
    );
    return result(instruction, emitter.reshape(scattered, [batch, channels, height, width]), 'channelsFirst');
  },

  /**
   * Every element gets the sum, over the windows it is in, of dy divided by the window's size. TensorFlow.js divides by
   * the full size where a window reaches into the padding, although the average there counts the image alone.
   */
  averagePoolGradient: (instruction, [dy], emitter) => {
    const { size, strides, pads } = instruction.attributes;
    const [, height, width, channels] = instruction.shape as Four;
    const share = emitter.scalar('float32', 1 / sizeOf(size));
    const shares = emitter.emit('Mul', [dy!.in('channelsFirst', emitter), share]);
    const ones = emitter.constant(
      'float32',
      [channels, 1, ...size],
      Array<number>(channels * sizeOf(size)).fill(1),
    );
    const name = spread(shares, ones, { strides, pads, size, channels }, [height, width], dy!, emitter);
    return result(instruction, name, 'channelsFirst');
  },
};

/** In the layout the image is in, other than the plain one. */
function pool(
  operator: string,
  attributes: Attributes,
  instruction: { readonly shape: Shape; readonly dtype: Dtype },
  x: Value,
  emitter: Emitter,
): Value {
  if (x.layout === 'blocked') {
    const name = emitter.emit(operator, [x.in('blocked', emitter)], attributes, blockedDomain);
    return result(instruction, name, 'blocked');
  }
  const name = emitter.emit(operator, [x.in('channelsFirst', emitter)], attributes);
  return result(instruction, name, 'channelsFirst');
}

/**
 * For WebGPU, whose MaxPool does not say where its elements were: each position of the windows in turn gets dy where it
 * holds the largest element and no position before it did.
 */
function gradientByComparing(
  { attributes, shape }: InstructionFor<'maxPoolGradient'>,
  dy: Value,
  x: Value,
  emitter: Emitter,
): string {
  const { size, strides, pads } = attributes;
  const [batch, height, width, channels] = shape as Four;
  const [, outHeight, outWidth] = dy.shape as Four;
  const image = x.in('channelsFirst', emitter);
  const largest = emitter.emit('MaxPool', [image], poolAttributes(attributes));
  const margins = emitter.integers([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const lowest = emitter.scalar('float32', Number.NEGATIVE_INFINITY);
  const framed = emitter.emit('Pad', [image, margins, lowest], { mode: 'constant' });
  let untaken = emitter.scalar('float32', 1);
  const shares: string[] = [];
  for (let position = 0; position < sizeOf(size); position += 1) {
    const begin = [Math.floor(position / size[1]), position % size[1]] as const;
    const end = [begin[0] + (outHeight - 1) * strides[0] + 1, begin[1] + (outWidth - 1) * strides[1] + 1];
    const bounds = [begin, end, [2, 3], strides].map((list) => emitter.integers(list));
    const found = emitter.emit('Equal', [emitter.emit('Slice', [framed, ...bounds]), largest]);
    const first = emitter.emit('Mul', [emitter.cast(found, 'float32'), untaken]);
    untaken = emitter.emit('Sub', [untaken, first]);
    const share = emitter.emit('Mul', [dy.in('channelsFirst', emitter), first]);
    shares.push(emitter.reshape(share, [batch, channels, 1, outHeight, outWidth]));
  }
  const all = emitter.emit('Concat', shares, { axis: 2 });
  // Every channel of every image on its own: the provider's transposed convolution errs in groups of several channels.
  const stacked = emitter.reshape(all, [batch * channels, shares.length, outHeight, outWidth]);
  const identity = Array.from({ length: shares.length ** 2 }, (_, index) =>
    Number(index % (shares.length + 1) === 0),
  );
  const filter = emitter.constant('float32', [shares.length, 1, ...size], identity);
  const window = { strides, pads, size, channels: 1 };
  const gradient = spread(stacked, filter, window, [height, width], dy, emitter);
  return emitter.reshape(gradient, [batch, channels, height, width]);
}

interface Spread {
  readonly strides: readonly [number, number];
  readonly pads: PoolWindow['pads'];
  readonly size: readonly [number, number];
  readonly channels: number;
}

/** Adds each share to the elements of its window, weighted by the filter: a transposed convolution, channel by channel. */
function spread(
  shares: string,
  filter: string,
  { strides, pads: [top, left], size, channels }: Spread,
  [height, width]: readonly [number, number],
  dy: Value,
  emitter: Emitter,
): string {
  const [, outHeight, outWidth] = dy.shape as Four;
  const bottom = (outHeight - 1) * strides[0] + size[0] - top - height;
  const right = (outWidth - 1) * strides[1] + size[1] - left - width;
  return emitter.emit('ConvTranspose', [shares, filter], {
    group: channels,
    strides,
    pads: [top, left, Math.max(bottom, 0), Math.max(right, 0)],
    output_padding: [Math.max(-bottom, 0), Math.max(-right, 0)],
  });
}
