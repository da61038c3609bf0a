/** What a lowering gets: the instruction, its operands, and the emitter to which it adds ONNX nodes. */

import type { Dtype, OperationName } from '../graph/operations.js';
import type { Instruction } from '../graph/program.js';
import type { Emitter } from './emitter.js';
import { type Layout, Value } from './value.js';

export type InstructionFor<Name extends OperationName> = Extract<Instruction, { operation: Name }>;

/**
 * Emits the ONNX nodes of one instruction and returns its value, in the layout of the lowering's choice. A lowering
 * reads operands through their layouts and never assumes how they were computed.
 */
export type Lowering<Name extends OperationName> = (
  instruction: InstructionFor<Name>,
  operands: readonly Value[],
  emitter: Emitter,
) => Value;

export type LoweringTable<Name extends OperationName> = { readonly [Key in Name]: Lowering<Key> };

/** The instruction's value under a name. */
export function result(
  { shape, dtype }: { shape: readonly number[]; dtype: Dtype },
  name: string,
  layout: Layout = 'plain',
): Value {
  return new Value(shape, dtype, name, layout);
}
