/** The checkpoint that a run goes on from. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { Checkpoint } from './checkpoint.js';
import { recordedCheckpoints } from './event-record.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { asideOf, checkpointFile, onDisk } from './run-files.js';

/**
 * The newest checkpoint that is whole. Damaged ones that are newer get another name, and these and those that are missing
 * are warned of.
 * @throws InputError where none is whole, and nothing is renamed then
 */
export async function checkpointToResume(folder: string): Promise<Checkpoint> {
  const recorded = await recordedCheckpoints(folder);
  const newest = await newestCheckpoint(folder);
  if (newest === undefined) {
    throw new InputError(
      `The run in ${folder} cannot be resumed: all of its checkpoints are missing. ` +
        'Put a copy of one there, or replace the run (overwrite).',
    );
  }
  const { checkpoint, damaged } = newest;
  const goesOn = `The run goes on from ${checkpoint.path}.`;
  for (const { path, message } of damaged) {
    const aside = asideOf(path);
    await onDisk(`The damaged ${path} cannot be renamed`, () => rename(path, aside));
    console.warn(`${message} It is now called ${aside}. ${goesOn}`);
  }
  const latest = Math.max(0, ...recorded);
  const missed = join(folder, checkpointFile(latest));
  if (latest > checkpoint.progress.step && damaged.every(({ path }) => path !== missed)) {
    console.warn(`${missed} is missing. ${goesOn}`);
  }
  return checkpoint;
}
