/** Pooling and its gradients, on images with the channels first. */
import { sizeOf } from '../graph/node.js';
import type { Dtype, PoolWindow, Shape } from '../graph/operations.js';
import { type Attributes, blockedDomain, type Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
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

interface Spread {
  readonly strides: readonly [number, number];
  readonly pads: PoolWindow['pads'];
  readonly size: readonly [number, number];
  readonly channels: number;
}

/** Adds each share to all elements of its window: a transposed convolution with ones, channel by channel. */
function spread(
  shares: string,
  ones: string,
  { strides, pads: [top, left], size, channels }: Spread,
  [height, width]: readonly [number, number],
  dy: Value,
  emitter: Emitter,
): string {
  const [, outHeight, outWidth] = dy.shape as Four;
  const bottom = (outHeight - 1) * strides[0] + size[0] - top - height;
  const right = (outWidth - 1) * strides[1] + size[1] - left - width;
  return emitter.emit('ConvTranspose', [shares, ones], {
    group: channels,
    strides,
    pads: [top, left, Math.max(bottom, 0), Math.max(right, 0)],
    output_padding: [Math.max(-bottom, 0), Math.max(-right, 0)],
  });
}
