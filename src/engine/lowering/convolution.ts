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
import { blockedStridedInputGradient, EvenPixels } from './strided-gradient.js';
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
    const [gradient, added] = inputGradient(instruction, dy!, filter!, addend, emitter);
    if (addend === undefined || added) return gradient;
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

/** The gradient, and whether the addend is in it: only blocked convolutions add in passing. */
function inputGradient(
  instruction: InstructionFor<'conv2dInputGradient'>,
  dy: Value,
  filter: Value,
  addend: Value | undefined,
  emitter: Emitter,
): [gradient: Value, added: boolean] {
  const { attributes } = instruction;
  const shape = instruction.shape as Four;
  const [, , inputs, outputs] = filter.shape as Four;
  const filtering = winogradFor(attributes, shape, filter.shape as Four, emitter);
  if (filtering !== undefined) return [winogradInputGradient(filtering, dy, filter, emitter), false];
  const dense = isDense(attributes);
  if (fillsBlocks(inputs, emitter) && fillsBlocks(outputs, emitter)) {
    if (dense) {
      const blocked = blockedInputGradient(attributes, dy, filter, shape, emitter, addend);
      if (blocked !== undefined) return [result(instruction, blocked, 'blocked'), true];
    } else {
      const even = addend instanceof EvenPixels ? addend : undefined;
      const blocked = blockedStridedInputGradient(attributes, dy, filter, shape, emitter, even);
      if (blocked !== undefined) return [blocked, even !== undefined];
    }
  }
  const plain = dense ? plainInputGradient : plainStridedInputGradient;
  return [result(instruction, plain(attributes, dy, filter, shape, emitter), 'channelsFirst'), false];
}
