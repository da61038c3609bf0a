/** Programs as text, for tests and for a person looking at what was recorded. */
import type { Program } from './program.js';

export function print(program: Program): string {
  const lines = program.inputs.map(
    ({ shape, dtype }, number) => `%${number} = input ${dtype}[${shape.join(', ')}]`,
  );
  program.instructions.forEach((instruction, index) => {
    const { operation, attributes, inputs, shape, dtype } = instruction;
    const settings = Object.entries(attributes).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
    const operands = inputs.map((number) => `%${number}`).join(', ');
    const number = program.inputs.length + index;
    lines.push(`%${number} = ${operation}(${operands})${settings.join('')} ${dtype}[${shape.join(', ')}]`);
  });
  lines.push(`return ${program.outputs.map((number) => `%${number}`).join(', ')}`);
  return lines.join('\n');
}
