import { InputError } from '../errors.js';
import { DivergenceError } from '../train/index.js';

/**
 * Says on standard error what went wrong: only the message where the user can mend it, the whole stack otherwise.
 * @returns the exit status: 2 for input that cannot be used, 1 for everything else
 */
export function reportFailure(error: unknown): 1 | 2 {
  if (error instanceof InputError) {
    console.error(`dcl-lab: ${error.message}`);
    return 2;
  }
  console.error(error instanceof DivergenceError ? `dcl-lab: ${error.message}` : error);
  return 1;
}
