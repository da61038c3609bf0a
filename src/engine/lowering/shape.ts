/** Operations that move elements. Padding, slicing and concatenation keep an image's layout; the others need the plain one. */
import type { Emitter } from './emitter.js';
import { type LoweringTable, result } from './lowering.js';
import { arrange, axisIn, positional, type Value } from './value.js';

/** Bounds that ONNX's Slice reads as "from the very end": it clamps them. */
const beforeTheStart = -2_147_483_648;

function sliceEnds(begin: readonly number[], size: readonly number[], strides: readonly number[]): number[] {
  return begin.map((from, axis) => {
    const stride = strides[axis]!;
    const end = from + (size[axis]! - 1) * stride + Math.sign(stride);
    return end < 0 ? beforeTheStart : end;
  });
}

function padded(
  instruction: { attributes: { before: readonly number[]; after: readonly number[] } },
  x: Value,
  emitter: Emitter,
  mode: string,
  value: string[],
): string {
  const { before, after } = instruction.attributes;
  const layout = positional(x);
  const pads = [...arrange(layout, before), ...arrange(layout, after)];
  return emitter.emit('Pad', [x.in(layout, emitter), emitter.integers(pads), ...value], { mode });
}

function wholeAxes(shape: readonly number[], size: readonly number[]): boolean {
  return shape.every((length, axis) => length === size[axis]);
}

export const shapeLowerings: LoweringTable<
  | 'reshape'
  | 'transpose'
  | 'slice'
  | 'concat'
  | 'pad'
  | 'reflectPad'
  | 'tile'
  | 'gather'
  | 'gatherNd'
  | 'scatterNd'
  | 'oneHot'
  | 'topK'
> = {
  reshape: (instruction, [x], emitter) =>
    result(instruction, emitter.reshape(x!.plain(emitter), instruction.shape)),

  transpose: (instruction, [x], emitter) =>
    result(instruction, emitter.transpose(x!.plain(emitter), instruction.attributes.permutation)),

  slice: (instruction, [x], emitter) => {
    const { begin, strides } = instruction.attributes;
    const layout = positional(x!);
    if (wholeAxes(x!.shape, instruction.shape) && strides.every((stride) => stride === 1)) {
      return result(instruction, x!.in(layout, emitter), layout);
    }
    const starts = arrange(layout, begin);
    const steps = arrange(layout, strides);
    const ends = sliceEnds(starts, arrange(layout, instruction.shape), steps);
    const axes = starts.map((_, axis) => axis);
    const operands = [starts, ends, axes, steps].map((list) => emitter.integers(list));
    return result(instruction, emitter.emit('Slice', [x!.in(layout, emitter), ...operands]), layout);
  },

  concat: (instruction, operands, emitter) => {
    const layout = operands.map(positional).find((candidate) => candidate !== 'plain') ?? 'plain';
    const names = operands.map((operand) => operand.in(layout, emitter));
    const axis = axisIn(layout, instruction.attributes.axis);
    return result(instruction, emitter.emit('Concat', names, { axis }), layout);
  },

  pad: (instruction, [x], emitter) => {
    const value = [emitter.scalar(x!.dtype, instruction.attributes.value)];
    return result(instruction, padded(instruction, x!, emitter, 'constant', value), positional(x!));
  },

  reflectPad: (instruction, [x], emitter) =>
    result(instruction, padded(instruction, x!, emitter, 'reflect', []), positional(x!)),

  tile: (instruction, [x], emitter) => {
    const repeats = emitter.integers(instruction.attributes.repeats);
    return result(instruction, emitter.emit('Tile', [x!.plain(emitter), repeats]));
  },

  gather: (instruction, [x, indices], emitter) => {
    const operands = [x!.plain(emitter), indices!.plain(emitter)];
    return result(instruction, emitter.emit('Gather', operands, { axis: instruction.attributes.axis }));
  },

  gatherNd: (instruction, [x, indices], emitter) => {
    const positions = emitter.cast(indices!.plain(emitter), 'int64');
    return result(instruction, emitter.emit('GatherND', [x!.plain(emitter), positions]));
  },

  scatterNd: (instruction, [indices, updates], emitter) => {
    const zeros = emitter.emit('Expand', [
      emitter.scalar(instruction.dtype, 0),
      emitter.integers(instruction.shape),
    ]);
    const positions = emitter.cast(indices!.plain(emitter), 'int64');
    const operands = [zeros, positions, updates!.plain(emitter)];
    return result(instruction, emitter.emit('ScatterND', operands, { reduction: 'add' }));
  },

  oneHot: (instruction, [indices], emitter) => {
    const { depth, on, off } = instruction.attributes;
    // ONNX counts negative classes from the end; TensorFlow.js leaves their rows off.
    const classes = emitter.constant(
      'int32',
      [depth],
      Array.from({ length: depth }, (_, index) => index),
    );
    const column = emitter.reshape(indices!.plain(emitter), [...indices!.shape, 1]);
    const values = [emitter.scalar(instruction.dtype, on), emitter.scalar(instruction.dtype, off)];
    const same = emitter.emit('Equal', [column, classes]);
    return result(instruction, emitter.emit('Where', [same, ...values]));
  },

  topK: (instruction, [x], emitter) => {
    const { k, result: wanted } = instruction.attributes;
    const operands = [x!.plain(emitter), emitter.integers([k])];
    const [values, indices] = emitter.emitAll('TopK', operands, { axis: -1 }, { outputs: 2 });
    return result(instruction, wanted === 'values' ? values! : emitter.cast(indices!, 'int32'));
  },
};
