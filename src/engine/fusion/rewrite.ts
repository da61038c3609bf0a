/** Rewrites a program by rules: an instruction with its operands goes in, a cheaper one that means the same comes out. */
import type { Dtype, OperationName, Operations, Shape } from '../graph/operations.js';
import type { Instruction, Program } from '../graph/program.js';

interface Input {
  readonly kind: 'input';
  readonly number: number;
  readonly shape: Shape;
  readonly dtype: Dtype;
}

interface StepOf<Name extends OperationName> {
  readonly kind: 'step';
  readonly operation: Name;
  readonly attributes: Operations[Name];
  readonly operands: readonly Operand[];
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** An instruction that knows its operands themselves instead of their numbers. */
export type Step = { [Name in OperationName]: StepOf<Name> }[OperationName];
export type Operand = Input | Step;

/** Whether the operand is read once only, so that whoever reads it may swallow it. */
export type ReadOnce = (operand: Operand) => boolean;

/** Returns what the step is replaced by, or undefined. Steps come in order, their operands already rewritten. */
export type Rule = (step: Step, readOnce: ReadOnce) => Step | undefined;

export function step<Name extends OperationName>(
  operation: Name,
  attributes: Operations[Name],
  operands: readonly Operand[],
  { shape, dtype }: { readonly shape: Shape; readonly dtype: Dtype },
): Step {
  return { kind: 'step', operation, attributes, operands, shape, dtype } as Step;
}

/** The operand as a step of the given operation, if it is one. */
export function asStep<Name extends OperationName>(
  operand: Operand | undefined,
  operation: Name,
): Extract<Step, { operation: Name }> | undefined {
  return operand?.kind === 'step' && operand.operation === operation
    ? (operand as Extract<Step, { operation: Name }>)
    : undefined;
}

/** Applies one rule to every instruction until it no longer matches; instructions left unread disappear. */
export function rewrite(program: Program, rule: Rule): Program {
  const reads = countReads(program);
  const values: Operand[] = program.inputs.map((input, number) => ({ kind: 'input', number, ...input }));
  const readsOf = new Map<Operand, number>(values.map((value, number) => [value, reads[number]!]));
  const readOnce: ReadOnce = (operand) => readsOf.get(operand) === 1;
  for (const instruction of program.instructions) {
    const { operation, attributes, inputs } = instruction;
    let current = step(
      operation,
      attributes,
      inputs.map((number) => values[number]!),
      instruction,
    );
    for (let next = rule(current, readOnce); next !== undefined; next = rule(current, readOnce))
      current = next;
    readsOf.set(current, (readsOf.get(current) ?? 0) + reads[values.length]!);
    values.push(current);
  }
  return assemble(
    program.inputs,
    program.outputs.map((number) => values[number]!),
  );
}

function countReads(program: Program): number[] {
  const reads = Array<number>(program.inputs.length + program.instructions.length).fill(0);
  const read = (number: number) => {
    reads[number]! += 1;
  };
  for (const { inputs } of program.instructions) inputs.forEach(read);
  program.outputs.forEach(read);
  return reads;
}

/** Numbers the steps that the outputs need, operands first. */
function assemble(inputs: Program['inputs'], outputs: readonly Operand[]): Program {
  const instructions: Instruction[] = [];
  const numbers = new Map<Operand, number>();
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const operand = stack.at(-1)!;
    const missing = operand.kind === 'step' ? operand.operands.filter((needed) => !numbers.has(needed)) : [];
    if (missing.length > 0 && !numbers.has(operand)) {
      stack.push(...missing.reverse());
      continue;
    }
    stack.pop();
    if (numbers.has(operand)) continue;
    if (operand.kind === 'input') {
      numbers.set(operand, operand.number);
      continue;
    }
    numbers.set(operand, inputs.length + instructions.length);
    const { operation, attributes, operands, shape, dtype } = operand;
    const read = operands.map((needed) => numbers.get(needed)!);
    instructions.push({ operation, attributes, inputs: read, shape, dtype } as Instruction);
  }
  return { inputs, instructions, outputs: outputs.map((operand) => numbers.get(operand)!) };
}
