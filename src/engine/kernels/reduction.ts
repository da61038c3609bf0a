/** Kernels that fold axes away, and running sums. */
import * as tf from '@tensorflow/tfjs';
import { node, reshaped, type Source } from '../graph/node.js';
import type { ReduceOperator } from '../graph/operations.js';
import { binary, cast, unary } from './elementwise.js';
import { type Recorder, type RecorderTable, recorder } from './recorder.js';

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

export function reduce(operator: ReduceOperator, x: Source, axes: number[], keepDimensions = false): Source {
  const sorted = [...axes].sort((a, b) => a - b);
  const kept = x.shape.filter((_, axis) => !sorted.includes(axis));
  const reduced = node('reduce', { operator, axes: sorted }, [x], kept, x.dtype);
  if (!keepDimensions) return reduced;
  return reshaped(
    reduced,
    x.shape.map((size, axis) => (sorted.includes(axis) ? 1 : size)),
  );
}

function axesOf(x: Source, { axis, reductionIndices }: ReductionAttributes): number[] {
  return tf.util.parseAxisParam(axis ?? reductionIndices ?? x.shape.map((_, index) => index), [...x.shape]);
}

function reduction(operator: ReduceOperator): Recorder {
  return recorder<ReductionAttributes>(({ x }, attributes) => {
    const summed = x!.dtype === 'bool' && (operator === 'sum' || operator === 'prod');
    const operand = operator === 'mean' ? cast(x!, 'float32') : summed ? cast(x!, 'int32') : x!;
    if (operand.dtype === 'bool') return undefined;
    return reduce(operator, operand, axesOf(operand, attributes), attributes.keepDims);
  });
}

function quantifier(operator: 'max' | 'min'): Recorder {
  return recorder<ReductionAttributes>(({ x }, attributes) => {
    if (x!.dtype !== 'bool') return undefined;
    const extreme = reduce(operator, cast(x!, 'int32'), axesOf(x!, attributes), attributes.keepDims);
    return cast(extreme, 'bool');
  });
}

function argReduction(operator: 'max' | 'min'): Recorder {
  return recorder<tf.ArgMaxAttrs>(({ x }, attributes) => {
    const [axis] = axesOf(x!, attributes);
    if (x!.dtype === 'bool' || axis === undefined) return undefined;
    const kept = x!.shape.filter((_, index) => index !== axis);
    return node('argReduce', { operator, axis }, [x!], kept, 'int32');
  });
}

export const reductionKernels: RecorderTable = {
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Max: reduction('max'),
  Min: reduction('min'),
  Prod: reduction('prod'),
  Any: quantifier('max'),
  All: quantifier('min'),
  ArgMax: argReduction('max'),
  ArgMin: argReduction('min'),

  Cumsum: recorder<tf.CumsumAttrs>(({ x }, { axis, exclusive, reverse }) => {
    if (x!.dtype === 'bool') return undefined;
    const [positive] = tf.util.parseAxisParam(axis, [...x!.shape]);
    return node(
      'cumulativeSum',
      { axis: positive!, exclusive: exclusive ?? false, reverse: reverse ?? false },
      [x!],
      x!.shape,
      x!.dtype,
    );
  }),

  Softmax: recorder<tf.SoftmaxAttrs>(({ logits }, { dim }) => softmax(logits!, dim, false)),
  LogSoftmax: recorder<tf.LogSoftmaxAttrs>(({ logits }, { axis }) => softmax(logits!, axis, true)),
};

function softmax(logits: Source, axis: number, logarithm: boolean): Source | undefined {
  const [positive] = tf.util.parseAxisParam(axis, [...logits.shape]);
  if (logits.dtype !== 'float32') return undefined;
  if (positive === logits.shape.length - 1) {
    return node('softmax', { logarithm }, [logits], logits.shape, 'float32');
  }
  const shifted = binary('sub', logits, reduce('max', logits, [positive!], true));
  const exponentials = unary('exp', shifted);
  const total = reduce('sum', exponentials, [positive!], true);
  return logarithm ? binary('sub', shifted, unary('log', total)) : binary('div', exponentials, total);
}
