/** How the process of each engine is started. */
import { fileURLToPath } from 'node:url';
import type { Engine } from './cases.js';
import { python } from './pytorch.js';

export interface Command {
  /** Of the contestant, in messages. */
  readonly name: string;
  readonly program: string;
  readonly parameters: readonly string[];
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The engine's contestants: two for PyTorch, one for each other. */
export function commandsOf(engine: Engine, threads: number): Command[] {
  if (engine !== 'pytorch') {
    const script = ['--import', 'tsx', here('typescript.ts')];
    return [{ name: engine, program: process.execPath, parameters: [...script, engine, `${threads}`] }];
  }
  return ['contiguous', 'channels-last'].map((layout) => ({
    name: `PyTorch ${layout}`,
    program: python,
    parameters: ['-B', '-W', 'ignore', here('pytorch.py'), layout, `${threads}`],
  }));
}
