import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectSame, values } from '../compare.js';

type Reduction = (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor;

const reductions: Record<string, Reduction> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  logSumExp: tf.logSumExp,
};

const shapeAndAxes = fc
  .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, axis) => axis)), fc.boolean()));

describe('a reduction', () => {
  it.each(Object.entries(reductions))('%s over any axes equals the plain kernel', (_, compute) =>
    fc.assert(
      fc.asyncProperty(shapeAndAxes, ([shape, axes, keepDims]) =>
        expectSame(() => compute(values(shape, 3), axes.length === 0 ? undefined : axes, keepDims)),
      ),
      { numRuns: 10 },
    ),
  );

  it('of integers', () =>
    expectSame(() => {
      const x = tf.tensor2d([1, -2, 3, 4, 5, -6], [2, 3], 'int32');
      return [tf.sum(x, 1), tf.max(x, 1), tf.min(x, 0), tf.prod(x), tf.mean(x, 1)];
    }));

  it('sum, any and all of booleans', () =>
    expectSame(() => {
      const x = tf.tensor2d([true, false, true, true, false, false], [3, 2], 'bool');
      return [tf.sum(x), tf.sum(x, 1), tf.any(x, 1), tf.all(x, 1), tf.any(x), tf.all(x)];
    }));

  it('sum, mean and max of images pass NaN on', () =>
    expectSame(() => {
      const x = tf.tensor2d([1, Number.NaN, 3, 4], [2, 2]);
      return [tf.sum(x, 1), tf.mean(x, 0), tf.max(x, 1), tf.min(x, 0)];
    }));

  it.each([
    { size: 8, channels: 32 },
    { size: 48, channels: 16 },
    { size: 6, channels: 5 },
  ])(
    'sums of squares and of products of $channels channels, of images and of what a convolution gives',
    (images) =>
      expectSame(() => {
        const { size, channels } = images;
        const x = values([2, size, size, channels], 1) as tf.Tensor4D;
        const y = tf.conv2d(x, values([1, 1, channels, channels], 2) as tf.Tensor4D, 1, 'valid');
        const perChannel = [tf.square(x), tf.square(y), tf.mul(x, y)].map((product) =>
          tf.sum(product, [0, 1, 2]),
        );
        return [...perChannel, tf.sum(tf.mul(x, y), [1, 2])];
      }),
  );

  it('argMax and argMin give the first of equals', () =>
    expectSame(() => {
      const x = tf.tensor3d([1, 5, 5, 2, 0, 0, 7, 7, 3, 3, 9, 9], [2, 3, 2]);
      return [0, 1, 2].flatMap((axis) => [tf.argMax(x, axis), tf.argMin(x, axis)]);
    }));

  it('cumsum forwards, backwards and exclusive', () =>
    expectSame(() => {
      const x = values([3, 4], 7);
      return [
        tf.cumsum(x, 1),
        tf.cumsum(x, 0, true),
        tf.cumsum(x, 1, false, true),
        tf.cumsum(x, 1, true, true),
      ];
    }));

  it('softmax and logSoftmax, also of large logits', () =>
    expectSame(() => {
      const x = values([3, 5], 8, -50, 50);
      return [tf.softmax(x), tf.logSoftmax(x)];
    }));

  it('moments and norms', () =>
    expectSame(() => {
      const x = values([4, 6]);
      const { mean, variance } = tf.moments(x, [0]);
      return [mean, variance, tf.norm(x), tf.norm(x, 1, 1), tf.norm(x, Number.POSITIVE_INFINITY, 0)];
    }));
});
