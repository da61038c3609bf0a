import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { TaskArray } from './task-array.js';

/** @throws InputError where the folder for the script and the tasks' output cannot be made */
export async function makeFolder({ folder }: TaskArray): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new InputError(`The folder ${folder} cannot be made: ${error.message}.`);
  });
}

/** Where a task's output goes, to which the same task appends when it is run again; `%a` is Slurm's word for its number. */
export function logFile({ folder }: TaskArray, task: number | '%a'): string {
  return join(folder, `task-${task}.log`);
}

/** The script that `sbatch` takes. */
export function scriptFile({ folder }: TaskArray): string {
  return join(folder, 'submit.sh');
}
