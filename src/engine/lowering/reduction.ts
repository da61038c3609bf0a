/** Reductions take images in whatever layout they are in where the result has the same order either way. */
import type { ReduceOperator } from '../graph/operations.js';
import type { Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { axisIn, type Layout, type Value } from './value.js';

const operators: Record<ReduceOperator, string> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
};

/** The operand's own layout, if the axes that stay are in the same order in it; otherwise the plain one. */
function layoutFor(x: Value, axes: readonly number[]): Layout {
  if (x.layout === 'plain') return 'plain';
  const staying = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const positions = staying.map((axis) => axisIn(x.layout, axis));
  return positions.every((position, index) => index === 0 || position > positions[index - 1]!)
    ? x.layout
    : 'plain';
}

/** Integers are summed by onnxruntime; its other integer reductions cover int32 as well. */
export const reductionLowerings: LoweringTable<'reduce' | 'argReduce' | 'cumulativeSum' | 'softmax'> = {
  reduce: (instruction, [x], emitter) => {
    const { operator, axes } = instruction.attributes;
    if (axes.length === 0) return result(instruction, x!.in(x!.layout, emitter), x!.layout);
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
    const index = emitter.emit(operator === 'max' ? 'ArgMax' : 'ArgMin', [x!.plain(emitter)], attributes);
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
  const marks = emitter.cast(emitter.emit('IsNaN', [x!]), 'float32');
  const count = emitter.emit('ReduceMax', [marks, axes!], { keepdims: 0 });
  const undefinedHere = emitter.cast(count, 'bool');
  return emitter.emit('Where', [undefinedHere, emitter.scalar('float32', Number.NaN), reduced]);
}

/** Sum over the axes (positions in the value's own layout), which disappear. */
export function sumOver(name: string, axes: readonly number[], emitter: Emitter): string {
  return emitter.emit('ReduceSum', [name, emitter.integers(axes)], { keepdims: 0 });
}
