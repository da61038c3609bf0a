/** Lowers a program to an ONNX graph, instruction by instruction. */

import type { OperationName } from '../graph/operations.js';
import type { Instruction, Program } from '../graph/program.js';
import type { OnnxGraph, OnnxValue } from '../onnx/graph.js';
import { channelDotLowerings } from './channel-dot.js';
import { convolutionLowerings } from './convolution.js';
import { elementwiseLowerings } from './elementwise.js';
import { Emitter } from './emitter.js';
import { fusedLowerings } from './fused.js';
import type { LoweringTable } from './lowering.js';
import { matrixLowerings } from './matrix.js';
import { poolingLowerings } from './pooling.js';
import { reductionLowerings } from './reduction.js';
import { shapeLowerings } from './shape.js';
import type { Target } from './target.js';
import { Value } from './value.js';

const lowerings: LoweringTable<OperationName> = {
  ...elementwiseLowerings,
  ...reductionLowerings,
  ...shapeLowerings,
  ...matrixLowerings,
  ...convolutionLowerings,
  ...poolingLowerings,
  ...fusedLowerings,
  ...channelDotLowerings,
};

/** Inputs and outputs of the ONNX graph are those of the program, in its order and in the plain layout. */
export function lower(program: Program, target: Target): OnnxGraph {
  const emitter = new Emitter(target);
  const inputs = program.inputs.map(
    ({ shape, dtype }, index): OnnxValue => ({ name: `input_${index}`, type: dtype, shape }),
  );
  const values = program.inputs.map(
    ({ shape, dtype }, index) => new Value(shape, dtype, inputs[index]!.name),
  );
  for (const instruction of program.instructions) {
    const operands = instruction.inputs.map((number) => values[number]!);
    emitter.origin = describe(instruction, operands);
    values.push(lowerInstruction(instruction, operands, emitter));
  }
  const outputs = program.outputs.map((number): OnnxValue => {
    const value = values[number]!;
    const name = emitter.output(value.plain(emitter));
    return { name, type: value.dtype, shape: value.shape };
  });
  return emitter.finish(inputs, outputs);
}

function describe({ operation, dtype, shape }: Instruction, operands: readonly Value[]): string {
  const read = operands.map((operand) => `${operand.dtype}[${operand.shape}]`).join(', ');
  return `${operation}(${read}) to ${dtype}[${shape}]`;
}

function lowerInstruction(instruction: Instruction, operands: readonly Value[], emitter: Emitter): Value {
  // The table gives each operation its own instruction type; a union of them cannot be matched to it one by one.
  const lowering = lowerings[instruction.operation] as (
    instruction: Instruction,
    operands: readonly Value[],
    emitter: Emitter,
  ) => Value;
  return lowering(instruction, operands, emitter);
}
