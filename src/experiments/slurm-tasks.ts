/** What a sweep asks of a cluster: a list of trials, of which each task computes one by its place in the list. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import type { ImagesSpec } from './compute-trial.js';
import type { Trial } from './trial.js';

/** Everything that a task needs to know. */
export interface TrialTask {
  readonly trial: Trial;
  readonly images: ImagesSpec;
  readonly checkpointSeconds: number;
}

/** Where the list, the script and the tasks' output lie, in a sweep's folder. */
export const slurmFolder = (sweep: string) => join(sweep, 'slurm');
const listFile = (sweep: string) => join(slurmFolder(sweep), 'trials.json');

/** @returns an empty list where the sweep has asked for nothing yet @throws InputError where it cannot be read */
export async function readTasks(sweep: string): Promise<readonly TrialTask[]> {
  const path = listFile(sweep);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InputError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

/**
 * Adds to the list what it does not hold yet; what it holds keeps its place, since tasks that wait go by it.
 * @returns the place of each task in the list, in the order given
 */
export async function listTasks(sweep: string, wanted: readonly TrialTask[]): Promise<readonly number[]> {
  const list = [...(await readTasks(sweep))];
  const places = new Map(list.map(({ trial }, place) => [trial.key, place]));
  for (const task of wanted) {
    const place = places.get(task.trial.key) ?? list.length;
    list[place] = task;
    places.set(task.trial.key, place);
  }
  await onDisk(`The list of ${sweep} cannot be written`, async () => {
    await mkdir(slurmFolder(sweep), { recursive: true });
    await writeDurably(listFile(sweep), `${JSON.stringify(list, null, 1)}\n`);
  });
  return wanted.map(({ trial }) => places.get(trial.key)!);
}
