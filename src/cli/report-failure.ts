import { CommanderError } from 'commander';
import { InputError } from '../errors.js';
import { CellError, ExecutionStopped, KernelDied } from '../notebook/index.js';
import { DivergenceError } from '../train/index.js';

/** Errors whose message says everything; where they were thrown tells a user nothing. */
const selfExplanatory = [CellError, ExecutionStopped, KernelDied, DivergenceError];

/**
 * Says on standard error what went wrong: only the message where that says it all, the whole stack otherwise.
 * @returns the exit status: 2 for input that cannot be used, 130 after Ctrl-C, 1 for everything else
 */
export function reportFailure(error: unknown): number {
  // Commander has written what it has to say; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    console.error(`dcl-lab: ${error.message}`);
    return 2;
  }
  const known = selfExplanatory.some((type) => error instanceof type);
  console.error(known ? `dcl-lab: ${(error as Error).message}` : error);
  return error instanceof ExecutionStopped && error.reason === 'stopped' ? 130 : 1;
}
