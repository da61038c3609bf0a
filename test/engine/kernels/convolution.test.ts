import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectSame, values } from '../compare.js';

const few = { numRuns: 25 };

/** Padding by a number needs the output to come out whole unless rounding is asked for, so it is kept in its own test. */
const geometry = fc.record({
  size: fc.integer({ min: 4, max: 7 }),
  channels: fc.constantFrom(1, 2, 3, 8),
  filters: fc.constantFrom(1, 3, 8),
  filter: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
});

function gradients(
  compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
): tf.Tensor[] {
  const weighted = (image: tf.Tensor, weights: tf.Tensor) => {
    const y = compute(image as tf.Tensor4D, weights as tf.Tensor4D);
    return tf.sum(tf.mul(y, values(y.shape, 9))) as tf.Scalar;
  };
  return [compute(x, filter), ...tf.grads(weighted)([x, filter])];
}

describe('a convolution', () => {
  it('and both its gradients equal the plain kernels', () =>
    fc.assert(
      fc.asyncProperty(geometry, ({ size, channels, filters, filter, stride, pad }) =>
        expectSame(() =>
          gradients(
            (x, weights) => tf.conv2d(x, weights, stride, pad),
            values([2, size, size + 1, channels]) as tf.Tensor4D,
            values([filter, filter, channels, filters], 2) as tf.Tensor4D,
          ),
        ),
      ),
      few,
    ));

  it.each([
    { what: 'beside a shortcut', stride: 1, shortcut: undefined },
    { what: 'of stride 2 beside one of a single pixel', stride: 2, shortcut: 1 },
    { what: 'of stride 2 beside another', stride: 2, shortcut: 3 },
  ])('$what gives the sum of both gradients', ({ stride, shortcut }) =>
    expectSame(() =>
      gradients(
        (x, weights) => {
          const beside = values([shortcut ?? 1, shortcut ?? 1, 16, 16], 3) as tf.Tensor4D;
          // A product between, as the first image would else be read by convolutions alone.
          const image = tf.mul(x, 2) as tf.Tensor4D;
          const other = shortcut === undefined ? image : tf.conv2d(image, beside, stride, 'same');
          return tf.add(tf.conv2d(image, weights, stride, 'same'), other);
        },
        values([2, 8, 6, 16]) as tf.Tensor4D,
        values([3, 3, 16, 16], 2) as tf.Tensor4D,
      ),
    ),
  );

  it.each([
    { batch: 3, height: 4, width: 4, channels: 256, filters: 256 },
    { batch: 1, height: 8, width: 4, channels: 128, filters: 144 },
    { batch: 2, height: 6, width: 2, channels: 256, filters: 272 },
  ])('of $channels to $filters channels on small images, $height x $width', (shape) =>
    expectSame(
      () => {
        const { batch, height, width, channels, filters } = shape;
        return gradients(
          (x, weights) => tf.conv2d(x, weights, 1, 'same'),
          values([batch, height, width, channels]) as tf.Tensor4D,
          values([3, 3, channels, filters], 2) as tf.Tensor4D,
        );
      },
      // Sums of 1152 and 2304 products, about 20 on average; transforming 4 x 4 pixels costs an error of 1e-5 of that.
      { within: 5e-4 },
    ),
  );

  it.each([
    { size: 6, filter: 3, stride: 1, pad: 1 },
    { size: 8, filter: 3, stride: 2, pad: 1 },
    { size: 9, filter: 7, stride: 2, pad: 3 },
    { size: 8, filter: 1, stride: 2, pad: 0 },
    { size: 5, filter: 1, stride: 1, pad: 2 },
  ])('padded by a number, $filter x $filter, stride $stride', ({ size, filter, stride, pad }) =>
    expectSame(() =>
      gradients(
        (x, weights) => tf.conv2d(x, weights, stride, pad, 'NHWC', 1, 'floor'),
        values([2, size, size, 8]) as tf.Tensor4D,
        values([filter, filter, 8, 16], 2) as tf.Tensor4D,
      ),
    ),
  );

  it('with many channels, as the blocked layout takes them', () =>
    expectSame(
      () =>
        gradients(
          (x, weights) => tf.conv2d(x, weights, 1, 1),
          values([2, 5, 6, 32]) as tf.Tensor4D,
          values([3, 3, 32, 48], 2) as tf.Tensor4D,
        ),
      { within: 5e-5 },
    ));

  it.each([
    { inputs: 3, outputs: 16, size: 6, filter: 3, stride: 1, pad: 1 },
    { inputs: 16, outputs: 32, size: 6, filter: 3, stride: 2, pad: 1 },
    { inputs: 32, outputs: 16, size: 4, filter: 1, stride: 2, pad: 0 },
    { inputs: 16, outputs: 16, size: 8, filter: 5, stride: 2, pad: 2 },
    { inputs: 16, outputs: 16, size: 7, filter: 3, stride: 2, pad: 1 },
    { inputs: 16, outputs: 16, size: 4, filter: 1, stride: 1, pad: 0 },
  ])('of a whole block of images, $inputs to $outputs channels, $filter x $filter, stride $stride', (shape) =>
    expectSame(
      () =>
        gradients(
          (x, weights) => tf.conv2d(x, weights, shape.stride, shape.pad, 'NHWC', 1, 'floor'),
          values([16, shape.size, shape.size, shape.inputs]) as tf.Tensor4D,
          values([shape.filter, shape.filter, shape.inputs, shape.outputs], 2) as tf.Tensor4D,
        ),
      { within: 5e-5 },
    ),
  );

  it('whose filter gradient several threads share, image by image', () =>
    expectSame(
      () =>
        gradients(
          (x, weights) => tf.conv2d(x, weights, 1, 1),
          values([64, 4, 4, 16]) as tf.Tensor4D,
          values([3, 3, 16, 32], 2) as tf.Tensor4D,
        ),
      { within: 1e-4, threads: 4 },
    ));

  it('with dilated filters', () =>
    expectSame(() =>
      tf.conv2d(
        values([1, 8, 8, 2]) as tf.Tensor4D,
        values([3, 3, 2, 3], 2) as tf.Tensor4D,
        1,
        'same',
        'NHWC',
        2,
      ),
    ));

  it('of a single image without a batch', () =>
    expectSame(() =>
      tf.conv2d(values([6, 6, 2]) as tf.Tensor3D, values([3, 3, 2, 3], 2) as tf.Tensor4D, 1, 'valid'),
    ));

  it('transposed', () =>
    expectSame(() =>
      tf.conv2dTranspose(
        values([2, 4, 4, 3]) as tf.Tensor4D,
        values([3, 3, 2, 3], 2) as tf.Tensor4D,
        [2, 8, 8, 2],
        2,
        'same',
      ),
    ));

  it('channel by channel', () =>
    expectSame(() =>
      tf.depthwiseConv2d(
        values([2, 6, 6, 3]) as tf.Tensor4D,
        values([3, 3, 3, 2], 2) as tf.Tensor4D,
        1,
        'same',
      ),
    ));

  it('with bias and relu fused', () =>
    expectSame(() =>
      tf.fused.conv2d({
        x: values([2, 6, 6, 3]) as tf.Tensor4D,
        filter: values([3, 3, 3, 8], 2) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: values([8], 3) as tf.Tensor1D,
        activation: 'relu',
      }),
    ));

  it.each([8, 32])('of %i channels goes through everything that follows', (channels) =>
    expectSame(() => {
      const y = tf.conv2d(
        values([2, 6, 6, 3]) as tf.Tensor4D,
        values([3, 3, 3, channels], 2) as tf.Tensor4D,
        1,
        'same',
      );
      const scaled = tf.add(tf.mul(y, values([channels], 3)), values([2, 1, 1, channels], 4));
      return [
        tf.relu(scaled),
        tf.add(y, values([2, 6, 6, channels], 5)),
        tf.mul(y, values([6, 6, 1], 6)),
        tf.pad(
          y,
          [
            [0, 0],
            [1, 1],
            [0, 2],
            [0, 0],
          ],
          3,
        ),
        tf.slice(y, [0, 1, 2, 3], [2, 4, 4, 4]),
        tf.concat([y, scaled], 3),
        tf.concat([y, values([2, 2, 6, channels], 7)], 1),
        tf.mean(y, [1, 2]),
        tf.sum(y, [0, 1, 2]),
        tf.max(y, [3]),
        tf.sum(y, [2], true),
        tf.reshape(y, [2, -1]),
        tf.transpose(y, [0, 2, 1, 3]),
        tf.reverse(y, 2),
        tf.where(tf.greater(y, 0), y, scaled),
        tf.softmax(y),
        tf.greater(y, 0),
        tf.cast(tf.mul(y, 100), 'int32'),
        tf.where(tf.cast(values([2, 6, 6, channels], 8, 0, 2), 'bool'), y, scaled),
        tf.maxPool(y as tf.Tensor4D, 3, 2, 1),
        tf.avgPool(y as tf.Tensor4D, 3, 2, 1),
        tf.sub(values([channels], 9), y),
        tf.relu(tf.add(tf.mul(y, values([channels], 9)), scaled)),
        tf.mul(y, tf.step(tf.relu(y))),
      ];
    }),
  );
});

const pooling = fc.record({
  size: fc.integer({ min: 4, max: 8 }),
  window: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
});

/** The pooled image, and the gradient of its product with fixed weights. */
function pooled(kind: 'max' | 'avg', size: number, window: number, stride: number, pad: 'same' | 'valid') {
  const x = values([2, size, size + 1, 3]) as tf.Tensor4D;
  const compute = (image: tf.Tensor) =>
    tf.pool(image as tf.Tensor4D, [window, window], kind, pad, undefined, stride);
  const y = compute(x);
  const weights = values(y.shape, 9);
  const gradient = tf.grad((image: tf.Tensor) => tf.sum(tf.mul(compute(image), weights)))(x);
  return { x, y, weights, gradient };
}

describe('pooling', () => {
  it('by maximum, and its gradient, equal the plain kernels', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({ size, window, stride, pad }) =>
        expectSame(() => {
          const { y, gradient } = pooled('max', size, window, stride, pad);
          return [y, gradient];
        }),
      ),
      few,
    ));

  it('by average equals the plain kernel, forward and backward', () =>
    fc.assert(
      fc.asyncProperty(pooling, ({ size, window, stride, pad }) =>
        expectSame(() => {
          const { y, gradient } = pooled('avg', size, window, stride, pad);
          return [y, gradient];
        }),
      ),
      few,
    ));
});
