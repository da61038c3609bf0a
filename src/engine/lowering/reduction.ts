/** Reductions take images in whatever layout they are in where the result has the same order either way. */
import type { ReduceOperator } from '../graph/operations.js';
import { blockedDomain, type Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { whereNaN } from './not-finite.js';
import { axisIn, type PositionalLayout, positional, type Value } from './value.js';

const operators: Record<ReduceOperator, string> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
};

/** The operand's positional layout, if the axes that stay are in the same order in it; otherwise the plain one. */
function layoutFor(x: Value, axes: readonly number[]): PositionalLayout {
  const layout = positional(x);
  const staying = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const positions = staying.map((axis) => axisIn(layout, axis));
  const inOrder = positions.every((position, index) => index === 0 || position > positions[index - 1]!);
  return inOrder ? layout : 'plain';
}

/** Sums and means over the pixels, or pixels and images, by the blocked layout's own pooling; else undefined. */
function reduceBlocked(
  operator: ReduceOperator,
  axes: readonly number[],
  x: Value,
  emitter: Emitter,
): string | undefined {
  const overImages = axes.join() === '0,1,2';
  if (x.layout !== 'blocked' || !(overImages || axes.join() === '1,2')) return undefined;
  if (operator !== 'sum' && operator !== 'mean') return undefined;
  const [batch, height, width, channels] = x.shape as readonly [number, number, number, number];
  const pooled = emitter.emit('GlobalAveragePool', [x.in('blocked', emitter)], {}, blockedDomain);
  const means = emitter.reshape(pooled, [batch, channels]);
  const reducer = operators[operator];
  const reduced = overImages ? emitter.emit(reducer, [means, emitter.integers([0])], { keepdims: 0 }) : means;
  if (operator === 'mean' || height * width === 1) return reduced;
  return emitter.emit('Mul', [reduced, emitter.scalar('float32', height * width)]);
}

/** Integers are summed by onnxruntime; its other integer reductions cover int32 as well. */
export const reductionLowerings: LoweringTable<'reduce' | 'argReduce' | 'cumulativeSum' | 'softmax'> = {
  reduce: (instruction, [x], emitter) => {
    const { operator, axes } = instruction.attributes;
    if (axes.length === 0) return result(instruction, x!.in(x!.layout, emitter), x!.layout);
    const blocked = reduceBlocked(operator, axes, x!, emitter);
    if (blocked !== undefined) return result(instruction, blocked);
    const layout = layoutFor(x!, axes);
    const positions = axes.map((axis) => axisIn(layout, axis)).sort((a, b) => a - b);
    const operands = [x!.in(layout, emitter), emitter.integers(positions)];
    const reduced = emitter.emit(operators[operator], operands, { keepdims: 0 });
    const skipsNaN = (operator === 'max' || operator === 'min') && x!.dtype === 'float32';
    return result(instruction, skipsNaN ? keepNaN(reduced, operands, emitter) : reduced);
  },

  argReduce: (instruction, [x], emitter) => {
    const { operator, axis } = instruction.attributes;
    const attributes = { axis, keepdims: 0 };
    const operand =
      x!.dtype === 'float32' ? withoutNaN(x!.plain(emitter), operator, emitter) : x!.plain(emitter);
    const index = emitter.emit(operator === 'max' ? 'ArgMax' : 'ArgMin', [operand], attributes);
    return result(instruction, emitter.cast(index, 'int32'));
  },

  cumulativeSum: (instruction, [x], emitter) => {
    const { axis, exclusive, reverse } = instruction.attributes;
    const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
    const operands = [x!.plain(emitter), emitter.scalar('int64', axis)];
    return result(instruction, emitter.emit('CumSum', operands, attributes));
  },

  softmax: (instruction, [x], emitter) => {
    const operator = instruction.attributes.logarithm ? 'LogSoftmax' : 'Softmax';
    return result(instruction, emitter.emit(operator, [x!.plain(emitter)], { axis: -1 }));
  },
};

/** onnxruntime's extremes pass over NaN; TensorFlow.js's do not. */
function keepNaN(reduced: string, [x, axes]: readonly string[], emitter: Emitter): string {
  const marks = emitter.cast(whereNaN(x!, emitter), 'float32');
  const count = emitter.emit('ReduceMax', [marks, axes!], { keepdims: 0 });
  const undefinedHere = emitter.cast(count, 'bool');
  return emitter.emit('Where', [undefinedHere, emitter.scalar('float32', Number.NaN), reduced]);
}

/** NaN replaced by what cannot win: TensorFlow.js looks for the extreme of the numbers. */
function withoutNaN(name: string, operator: 'max' | 'min', emitter: Emitter): string {
  const last = emitter.scalar(
    'float32',
    operator === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
  );
  return emitter.emit('Where', [whereNaN(name, emitter), last, name]);
}

/** Sum over the axes (positions in the value's own layout), which disappear. */
export function sumOver(name: string, axes: readonly number[], emitter: Emitter): string {
  return emitter.emit('ReduceSum', [name, emitter.integers(axes)], { keepdims: 0 });
}
