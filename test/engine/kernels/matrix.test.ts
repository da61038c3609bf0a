import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectSame, values } from '../compare.js';

const size = fc.integer({ min: 1, max: 5 });
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

describe('a matrix product', () => {
  it('of any sizes, transposed or not, in batches or not', () =>
    fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.constantFrom([], [3], [2, 3]),
        fc.boolean(),
        fc.boolean(),
        (n, k, m, batch, a, b) =>
          expectSame(() =>
            tf.matMul(
              values([...batch, ...(a ? [k, n] : [n, k])], 1),
              values([...batch, ...(b ? [m, k] : [k, m])], 2),
              a,
              b,
            ),
          ),
      ),
      { numRuns: 15 },
    ));

  it('whose batches broadcast', () => expectSame(() => tf.matMul(values([1, 2, 3]), values([5, 3, 2], 2))));

  it.each(activations)('with bias and %s fused', (activation) =>
    expectSame(() =>
      tf.fused.matMul({
        a: values([3, 4]),
        b: values([4, 2], 2),
        bias: values([2], 3),
        activation,
        leakyreluAlpha: 0.3,
      }),
    ),
  );

  it('dot and outer products', () =>
    expectSame(() => [
      tf.dot(values([4]), values([4], 2)),
      tf.outerProduct(values([3]) as tf.Tensor1D, values([4], 2) as tf.Tensor1D),
    ]));
});

describe('batch normalisation with given statistics', () => {
  it('with and without scale and offset', () =>
    expectSame(() => {
      const x = values([2, 3, 3, 4]) as tf.Tensor4D;
      const [mean, scale, offset] = [values([4], 2), values([4], 3), values([4], 4)] as tf.Tensor1D[];
      const variance = values([4], 5, 0.5, 2) as tf.Tensor1D;
      return [
        tf.batchNorm(x, mean!, variance, offset, scale, 1e-3),
        tf.batchNorm(x, mean!, variance),
        tf.batchNorm(x, mean!, variance, undefined, scale),
      ];
    }));
});
