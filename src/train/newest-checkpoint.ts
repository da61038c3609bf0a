/** A run's checkpoints, which are numbered by their steps: the newest that is whole, and those that may go. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { type Checkpoint, DamagedError, MissingError, readCheckpoint } from './checkpoint.js';
import { checkpointFile, onDisk, stepOf } from './run-files.js';

/** What there is to go on from. */
export interface NewestCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Newer ones, which are damaged. */
  readonly damaged: readonly DamagedError[];
}

/**
 * The newest checkpoint of a run that is whole. The run may go on meanwhile: one that it removes is not missed, since there
 * is a newer one then.
 * @returns undefined where the folder holds none
 * @throws InputError where none is whole, or one cannot be read
 */
export async function newestCheckpoint(folder: string): Promise<NewestCheckpoint | undefined> {
  const damaged: DamagedError[] = [];
  const passed = new Set<number>();
  for (;;) {
    const step = (await checkpointSteps(folder)).find((candidate) => !passed.has(candidate));
    if (step === undefined) break;
    passed.add(step);
    try {
      return { checkpoint: await readCheckpoint(join(folder, checkpointFile(step))), damaged };
    } catch (error) {
      if (error instanceof DamagedError) damaged.push(error);
      else if (!(error instanceof MissingError)) throw error;
    }
  }
  if (damaged.length === 0) return undefined;
  throw new InputError(
    `No checkpoint of ${folder} is whole: ${damaged.map(({ message }) => message).join(' ')} ` +
      'Put a copy in the place of one, or begin the run anew.',
  );
}

/** Removes all but the newest of a run's checkpoints. @throws InputError where one cannot be removed */
export async function removeOldCheckpoints(folder: string, keep: number): Promise<void> {
  for (const step of (await checkpointSteps(folder)).slice(keep)) {
    const path = join(folder, checkpointFile(step));
    await onDisk(`The old checkpoint ${path} cannot be removed`, () => rm(path, { force: true }));
  }
}

/** Steps after which there are checkpoints, the latest first. */
async function checkpointSteps(folder: string): Promise<number[]> {
  const names = await onDisk(`The run folder ${folder} cannot be read`, () => readdir(folder));
  const steps = names.map(stepOf).filter((step) => step !== undefined);
  return steps.sort((a, b) => b - a);
}
