import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectSame, values } from '../compare.js';

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const few = { numRuns: 10 };

describe('moving elements', () => {
  it('transpose by any permutation', () =>
    fc.assert(
      fc.asyncProperty(
        shapes.chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
          ),
        ),
        ([shape, permutation]) => expectSame(() => tf.transpose(values(shape), permutation)),
      ),
      few,
    ));

  it('slice and reverse of any part', () =>
    fc.assert(
      fc.asyncProperty(
        shapes.chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.tuple(...shape.map((size) => fc.nat(size - 1))),
            fc.subarray([...shape.keys()], { minLength: 1 }),
          ),
        ),
        ([shape, begin, axes]) =>
          expectSame(() => [
            tf.slice(values(shape), begin),
            tf.slice(
              values(shape),
              begin,
              shape.map(() => 1),
            ),
            tf.reverse(values(shape), axes),
          ]),
      ),
      few,
    ));

  it('strided slices, negative strides and shrunken axes included', () =>
    expectSame(() => {
      const x = values([5, 6]);
      return [
        tf.stridedSlice(x, [0, 1], [5, 6], [2, 3]),
        tf.stridedSlice(x, [4, 5], [0, 0], [-1, -2]),
        tf.stridedSlice(x, [1, 0], [2, 6], [1, 1], 0, 0, 0, 0, 1),
        tf.stridedSlice(x, [0, 0], [0, 0], [1, 2], 3, 3),
      ];
    }));

  it('concat, stack, unstack and split', () =>
    expectSame(() => {
      const [a, b] = [values([2, 3, 2], 1), values([2, 3, 2], 2)];
      return [
        tf.concat([a, b], 0),
        tf.concat([a, b, a], 1),
        tf.concat([a, b], -1),
        tf.stack([a, b], 1),
        tf.stack([a, b], 3),
        ...tf.unstack(a, 1),
        ...tf.split(a, [1, 2], 1),
        ...tf.split(a, 2),
      ];
    }));

  it.each(['float32', 'int32', 'bool'] as const)(
    'reshape, expandDims, squeeze, tile and gather of %s',
    (dtype) =>
      expectSame(() => {
        const x = tf.tensor2d([0, 1, 1, 0, 1, 0], [2, 3], dtype);
        return [
          tf.reshape(x, [3, -1]),
          tf.expandDims(x, 1),
          tf.squeeze(tf.expandDims(x, 0)),
          tf.tile(x, [2, 3]),
          tf.gather(x, tf.tensor1d([2, 0, 2, 1], 'int32'), 1),
          tf.gather(x, tf.tensor2d([1, 0, 1, 1], [2, 2], 'int32')),
        ];
      }),
  );

  it('pads with constants and mirrors', () =>
    expectSame(() => [
      tf.pad(
        values([2, 3]),
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
      tf.pad(values([2, 3, 3, 2]), [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
      tf.mirrorPad(
        values([4, 3]),
        [
          [1, 2],
          [2, 1],
        ],
        'reflect',
      ),
    ]));

  it('gatherND and scatterND, repeated indices adding up', () =>
    expectSame(() => [
      tf.gatherND(values([3, 4]), tf.tensor2d([0, 1, 2, 3], [2, 2], 'int32')),
      tf.gatherND(values([3, 4]), tf.tensor2d([2, 0], [2, 1], 'int32')),
      tf.scatterND(tf.tensor2d([1, 3, 1], [3, 1], 'int32'), values([3, 2]), [5, 2]),
    ]));

  it('unsortedSegmentSum leaves out segments that do not exist', () =>
    expectSame(() => tf.unsortedSegmentSum(values([5, 2]), tf.tensor1d([2, 0, 2, -1, 4], 'int32'), 3)));

  it('oneHot leaves rows off for classes out of range', () =>
    expectSame(() => [
      tf.oneHot(tf.tensor1d([0, 2, 1, 5, -1], 'int32'), 3),
      tf.oneHot(tf.tensor1d([0, 2], 'int32'), 4, 0.5, -0.5, 'float32'),
    ]));

  it('topk in falling order, the first of equals first', () =>
    expectSame(() => {
      const { values: largest, indices } = tf.topk(
        tf.tensor2d([3, 1, 4, 1, 5, 9, 2, 6, 5, 5, 5, 8], [2, 6]),
        4,
      );
      return [largest, indices];
    }));
});
