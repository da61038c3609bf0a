/** Convolutions and their gradients: in the blocked layout where channels (and images) fill its blocks, else plain. */
import type { Window } from '../graph/operations.js';
import { elementwise } from './broadcast.js';
import { blockedConvolution, blockedInputGradient, canBlock } from './convolution-blocked.js';
import {
  plainConvolution,
  plainFilterGradient,
  plainInputGradient,
  plainStridedInputGradient,
  windowAttributes,
} from './convolution-plain.js';
import type { Emitter } from './emitter.js';
import { blockedFilterGradient, canBlockFilterGradient } from './filter-gradient.js';
import { type InstructionFor, type LoweringTable, result } from './lowering.js';
import { blockedStridedInputGradient } from './strided-gradient.js';
import { fillsBlocks, type Value } from './value.js';
import {
  winogradConvolution,
  winogradFilterGradient,
  winogradFor,
  winogradInputGradient,
} from './winograd.js';

type Four = readonly [number, number, number, number];

export const convolutionLowerings: LoweringTable<
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient' | 'depthwiseConv2d'
> = {
  conv2d: (instruction, [x, filter], emitter) => {
    const { attributes } = instruction;
    const filtering = winogradFor(attributes, instruction.shape as Four, filter!.shape as Four, emitter);
    if (filtering !== undefined) {
      return winogradConvolution(filtering, x!, filter!, emitter);
    }
    const [, , inputs, outputs] = filter!.shape as Four;
    return canBlock(inputs, outputs, emitter)
      ? result(instruction, blockedConvolution(attributes, x!, filter!, emitter), 'blocked')
      : result(instruction, plainConvolution(attributes, x!, filter!, emitter), 'channelsFirst');
  },

  conv2dInputGradient: (instruction, [dy, filter, addend], emitter) => {
    const { attributes } = instruction;
    const shape = instruction.shape as Four;
    const filterShape = filter!.shape as Four;
    const filtering = winogradFor(attributes, shape, filterShape, emitter);
    if (filtering === undefined && isDense(attributes) && canBlockGradient(filterShape, emitter)) {
      const blocked = blockedInputGradient(attributes, dy!, filter!, shape, emitter, addend);
      if (blocked !== undefined) return result(instruction, blocked, 'blocked');
    }
    const gradient =
      filtering === undefined
        ? inputGradient(instruction, dy!, filter!, emitter)
        : winogradInputGradient(filtering, dy!, filter!, emitter);
    if (addend === undefined) return gradient;
    return elementwise(instruction, [gradient, addend], emitter, (names) => emitter.emit('Add', names));
  },

  conv2dFilterGradient: (instruction, [x, dy], emitter) => {
    const { attributes } = instruction;
    const shape = instruction.shape as Four;
    const filtering = winogradFor(attributes, dy!.shape as Four, shape, emitter);
    if (filtering !== undefined) {
      return result(instruction, winogradFilterGradient(filtering, x!, dy!, shape, emitter));
    }
    const blocked = canBlockFilterGradient(attributes, x!.shape[0]!, shape[3], emitter);
    const gradient = blocked ? blockedFilterGradient : plainFilterGradient;
    return result(instruction, gradient(attributes, x!, dy!, shape, emitter));
  },

  depthwiseConv2d: (instruction, [x, filter], emitter) => {
    const [height, width, channels, multiplier] = filter!.shape as Four;
    const perChannel = emitter.reshape(filter!.plain(emitter), [height, width, channels * multiplier, 1]);
    const operands = [x!.in('channelsFirst', emitter), emitter.transpose(perChannel, [2, 3, 0, 1])];
    const attributes = { ...windowAttributes(instruction.attributes), group: channels };
    return result(instruction, emitter.emit('Conv', operands, attributes), 'channelsFirst');
  },
};

function isDense({ strides }: Window): boolean {
  return strides.every((stride) => stride === 1);
}

function canBlockGradient([, , inputs, outputs]: Four, emitter: Emitter): boolean {
  return fillsBlocks(inputs, emitter) && fillsBlocks(outputs, emitter);
}

function inputGradient(
  instruction: InstructionFor<'conv2dInputGradient'>,
  dy: Value,
  filter: Value,
  emitter: Emitter,
): Value {
  const { attributes } = instruction;
  const shape = instruction.shape as Four;
  if (isDense(attributes)) {
    return result(instruction, plainInputGradient(attributes, dy, filter, shape, emitter), 'channelsFirst');
  }
  if (canBlockGradient(filter.shape as Four, emitter)) {
    const blocked = blockedStridedInputGradient(attributes, dy, filter, shape, emitter);
    if (blocked !== undefined) return result(instruction, blocked, 'blocked');
  }
  const name = plainStridedInputGradient(attributes, dy, filter, shape, emitter);
  return result(instruction, name, 'channelsFirst');
}
