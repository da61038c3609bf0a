/**
 * A run's folder: `run.json` (its settings), `checkpoint.safetensors` (weights and progress) and `events.jsonl`
 * (one step or epoch event per line).
 */
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from '../errors.js';
import { type Checkpoint, checkpointPath, readCheckpoint } from './checkpoint.js';
import type { EpochEvent, StepEvent } from './events.js';

/** Everything that a run's numbers depend on. */
export type RunSettings = Readonly<Record<string, unknown>>;

/** What to do where the folder already holds a run. */
export type ExistingRun = 'refuse' | 'resume' | 'overwrite';

const settingsFile = 'run.json';
const eventsFile = 'events.jsonl';

/**
 * Makes the folder ready for a run and returns the checkpoint to resume from, if there is one.
 * @throws InputError where the folder holds a run and `existing` is `refuse`, where a run to resume has other settings,
 *   or where the folder holds files of something else
 */
export async function openRunFolder(
  folder: string,
  settings: RunSettings,
  existing: ExistingRun,
): Promise<Checkpoint | undefined> {
  const files: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InputError(`The run folder ${folder} cannot be used: ${error.message}.`);
  });
  if (files.length > 0 && !files.includes(settingsFile)) {
    throw new InputError(`${folder} is not empty and holds no run of dcl-lab; give another folder.`);
  }
  if (files.includes(settingsFile) && existing === 'refuse') {
    throw new InputError(
      `${folder} holds another run. Resume it (resume), replace it (overwrite), or give another folder.`,
    );
  }
  if (files.includes(settingsFile) && existing === 'resume') return resume(folder, settings);
  await begin(folder, settings);
  return undefined;
}

async function begin(folder: string, settings: RunSettings): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await rm(checkpointPath(folder), { force: true });
    await rm(join(folder, eventsFile), { force: true });
    await writeFileAtomic(join(folder, settingsFile), `${JSON.stringify(settings, null, 2)}\n`);
  } catch (error) {
    throw new InputError(`The run folder ${folder} cannot be written: ${(error as Error).message}.`);
  }
}

async function resume(folder: string, settings: RunSettings): Promise<Checkpoint | undefined> {
  const differences = differingSettings(await readRunSettings(folder), settings);
  if (differences.length > 0) {
    throw new InputError(
      `${folder} holds a run with other settings, so it cannot be resumed: ${differences.join('; ')}. ` +
        `Give the same settings or another folder.`,
    );
  }
  const files = await readdir(folder);
  if (!files.includes('checkpoint.safetensors')) {
    await begin(folder, settings);
    return undefined;
  }
  const checkpoint = await readCheckpoint(checkpointPath(folder));
  await dropEventsAfter(folder, checkpoint.progress.step);
  return checkpoint;
}

/** The settings a run was started with. @throws InputError where the folder holds no run */
export async function readRunSettings(folder: string): Promise<RunSettings> {
  try {
    return JSON.parse(await readFile(join(folder, settingsFile), 'utf8'));
  } catch (error) {
    throw new InputError(`${folder} holds no readable run (${(error as Error).message}).`);
  }
}

function differingSettings(before: RunSettings, now: RunSettings): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .map((key) => [key, JSON.stringify(before[key]), JSON.stringify(now[key])])
    .filter(([, was, is]) => was !== is)
    .map(([key, was, is]) => `${key} was ${was}, now ${is}`);
}

/** Adds events to the folder's record. */
export async function recordEvents(
  folder: string,
  events: readonly (StepEvent | EpochEvent)[],
): Promise<void> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  try {
    await appendFile(join(folder, eventsFile), lines);
  } catch (error) {
    throw new InputError(`The record of ${folder} cannot be written: ${(error as Error).message}.`);
  }
}

/** The step and epoch events that a run has recorded so far; a last line cut short by a crash is left out. */
export async function readEvents(folder: string): Promise<(StepEvent | EpochEvent)[]> {
  const text = await readFile(join(folder, eventsFile), 'utf8').catch(() => '');
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** What was recorded after the checkpoint will happen again. */
async function dropEventsAfter(folder: string, step: number): Promise<void> {
  const kept = (await readEvents(folder)).filter((event) => event.step <= step);
  await writeFileAtomic(join(folder, eventsFile), kept.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
