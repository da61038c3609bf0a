/** Operations made by fusion: one pass each in the blocked layout, the parts they stand for elsewhere. */
import type { Extra } from '../graph/operations.js';
import { elementwise } from './broadcast.js';
import { channelwise, type Extras } from './channelwise.js';
import { blockedConvolution, canBlock } from './convolution-blocked.js';
import { plainConvolution } from './convolution-plain.js';
import type { Emitter } from './emitter.js';
import { type InstructionFor, type LoweringTable, result } from './lowering.js';
import { commonLayout, type Value } from './value.js';
import { winogradConvolution, winogradFor } from './winograd.js';

type Four = readonly [number, number, number, number];

export const fusedLowerings: LoweringTable<'channelAffine' | 'fusedConv2d' | 'reluGradient'> = {
  channelAffine: (instruction, [x, ...others], emitter) =>
    affine(instruction, x!, named(instruction.attributes.extras, others), emitter),

  fusedConv2d: (instruction, [x, filter, ...others], emitter) => {
    const { attributes } = instruction;
    const { offset: bias, residual } = named(attributes.extras, others);
    const filterShape = filter!.shape as Four;
    const filtering = winogradFor(attributes, instruction.shape as Four, filterShape, emitter);
    if (filtering !== undefined) {
      const convolved = winogradConvolution(filtering, x!, filter!, emitter);
      return affine(instruction, convolved, { offset: bias, residual }, emitter);
    }
    const [, , inputs, outputs] = filterShape;
    if (canBlock(inputs, outputs, emitter)) {
      const epilogue = { bias, residual, relu: attributes.relu };
      const name = blockedConvolution(attributes, x!, filter!, emitter, epilogue);
      return result(instruction, name, 'blocked');
    }
    const name = plainConvolution(attributes, x!, filter!, emitter);
    const convolved = result(instruction, name, 'channelsFirst');
    return unfused(instruction, convolved, { offset: bias, residual }, attributes.relu, emitter);
  },

  /** With a slope that steep, the hard sigmoid of relu's result is 0 or 1: faster than comparing and choosing. */
  reluGradient: (instruction, operands, emitter) =>
    elementwise(instruction, operands, emitter, ([dy, y]) => {
      const mask = emitter.emit('HardSigmoid', [y!], { alpha: { float: 1e38 }, beta: { float: 0 } });
      return emitter.emit('Mul', [dy!, mask]);
    }),
};

function named(names: readonly Extra[], values: readonly Value[]): Extras {
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

type Affine = InstructionFor<'channelAffine' | 'fusedConv2d'>;

function affine(instruction: Affine, x: Value, extras: Extras, emitter: Emitter): Value {
  const { relu } = instruction.attributes;
  const images = [x, extras.residual].filter((value) => value !== undefined);
  return commonLayout(images, instruction.shape) === 'blocked'
    ? result(instruction, channelwise(x, extras, relu ? { activation: 'Relu' } : {}, emitter), 'blocked')
    : unfused(instruction, x, extras, relu, emitter);
}

function unfused(
  instruction: { readonly shape: readonly number[]; readonly dtype: 'float32' | 'int32' | 'bool' },
  x: Value,
  { scale, offset, residual }: Extras,
  relu: boolean,
  emitter: Emitter,
): Value {
  const combine = (operator: string, a: Value, b: Value | undefined) =>
    b === undefined ? a : elementwise(instruction, [a, b], emitter, (names) => emitter.emit(operator, names));
  const sum = combine('Add', combine('Add', combine('Mul', x, scale), offset), residual);
  return relu ? elementwise(instruction, [sum], emitter, (names) => emitter.emit('Relu', names)) : sum;
}
