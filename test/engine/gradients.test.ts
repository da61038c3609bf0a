import * as tf from '@tensorflow/tfjs';
import { describe, it } from 'vitest';
import { expectSame, values } from './compare.js';

/** Gradients of sum(weights * f(...)) with respect to every operand, after the value itself. */
function withGradients(compute: (...operands: tf.Tensor[]) => tf.Tensor, operands: tf.Tensor[]): tf.Tensor[] {
  const y = compute(...operands);
  const weights = values(y.shape, 99);
  const weighted = (...inputs: tf.Tensor[]) => tf.sum(tf.mul(compute(...inputs), weights)) as tf.Scalar;
  return [y, ...tf.grads(weighted)(operands)];
}

/** Normalisation by the batch's own statistics, out of plain operations. */
function batchNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const mean = tf.mean(x, [0, 1, 2]);
  const variance = tf.sub(tf.mean(tf.square(x), [0, 1, 2]), tf.square(mean));
  return tf.batchNorm(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    1e-3,
  );
}

/** relu(norm(conv(relu(norm(conv(x))))) + shortcut(x)), with stride 2: everything a residual block has. */
function residualBlock(
  x: tf.Tensor,
  first: tf.Tensor,
  second: tf.Tensor,
  shortcut: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
) {
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor4D;
  const hidden = tf.relu(batchNorm(tf.conv2d(padded, first as tf.Tensor4D, 2, 'valid'), gamma, beta));
  const inside = batchNorm(tf.conv2d(hidden as tf.Tensor4D, second as tf.Tensor4D, 1, 'same'), gamma, beta);
  const around = batchNorm(tf.conv2d(x as tf.Tensor4D, shortcut as tf.Tensor4D, 2, 'valid'), gamma, beta);
  return tf.mean(tf.relu(tf.add(inside, around)), [1, 2]);
}

describe('gradients', () => {
  it.each([
    { batch: 16, inputs: 16, outputs: 32, size: 8 },
    { batch: 16, inputs: 3, outputs: 16, size: 6 },
    { batch: 4, inputs: 6, outputs: 10, size: 6 },
  ])('of a residual block, $batch images, $inputs to $outputs channels', ({ batch, inputs, outputs, size }) =>
    expectSame(
      () =>
        withGradients(residualBlock as (...operands: tf.Tensor[]) => tf.Tensor, [
          values([batch, size, size, inputs], 1),
          values([3, 3, inputs, outputs], 2),
          values([3, 3, outputs, outputs], 3),
          values([1, 1, inputs, outputs], 4),
          values([outputs], 5, 0.5, 2),
          values([outputs], 6),
        ]),
      { within: 2e-3 },
    ),
  );

  it('of softmax, log-sum-exp, norms and products, as contrastive losses have them', () =>
    expectSame(
      () =>
        withGradients(
          (a, b) => {
            const [u, v] = [a, b].map((z) => tf.div(z, tf.norm(z, 2, 1, true)));
            const logits = tf.mul(tf.matMul(u!, v!, false, true), 10);
            return tf.add(tf.logSumExp(logits, 1), tf.sum(tf.mul(tf.softmax(logits), logits), 1));
          },
          [values([6, 4], 1), values([6, 4], 2)],
        ),
      { within: 1e-4 },
    ));

  it('of gather, concat, slices, padding and where', () =>
    expectSame(() =>
      withGradients(
        (a, b) => {
          const joined = tf.concat(
            [tf.slice(a, [1, 0], [2, 3]), tf.gather(b, tf.tensor1d([2, 0, 2], 'int32'))],
            0,
          );
          const padded = tf.pad(joined, [
            [1, 0],
            [0, 2],
          ]);
          return tf.where(tf.greater(values([6, 5], 3), 0), tf.square(padded), tf.mul(padded, 3));
        },
        [values([4, 3], 1), values([3, 3], 2)],
      ),
    ));
});
