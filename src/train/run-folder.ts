import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { type Checkpoint, type Progress, saveCheckpoint, type TrainingState } from './checkpoint.js';
import { dropEventsAfter, flushEvents, recordEvents } from './event-record.js';
import type { RecordedEvent } from './events.js';
import { removeOldCheckpoints } from './newest-checkpoint.js';
import { checkpointToResume } from './resumed-checkpoint.js';
import { checkpointFile, isCheckpoint, isRunFile, isTemporary, onDisk, runFiles } from './run-files.js';
import { RunLock } from './run-lock.js';
import { type RunSettings, requireSameSettings } from './run-settings.js';

/** What to do where the folder already holds a run. */
export type ExistingRun = 'refuse' | 'resume' | 'overwrite';

/**
 * A folder that one run writes to. A run that begins keeps its files in a subfolder until its first checkpoint is
 * written; then they take the place of what the folder held. So a run that cannot even start takes nothing away, and
 * leaves nothing behind.
 */
export class RunFolder {
  private directory: string;

  private constructor(
    readonly path: string,
    private readonly lock: RunLock,
    private readonly settings: RunSettings,
    /** Of the run to resume, if there is one: then `resume` must be called next, otherwise `begin`. */
    readonly checkpoint: Checkpoint | undefined,
  ) {
    this.directory = path;
  }

  /**
   * Takes the folder for a run, and makes it if it is missing.
   * @throws InputError where another process trains in it, where it holds a run and `existing` is `refuse`, where a run
   *   to resume has other settings or no checkpoint that is whole, or where it holds files of something else
   */
  static async open(path: string, settings: RunSettings, existing: ExistingRun): Promise<RunFolder> {
    await onDisk(`The run folder ${path} cannot be used`, () => mkdir(path, { recursive: true }));
    const found = await filesOf(path);
    if (!found.includes(runFiles.settings) && !found.every(isRunFile)) {
      throw new InputError(`${path} is not empty and holds no run of dcl-lab; give another folder.`);
    }
    const lock = await RunLock.take(path);
    try {
      await finishWhatACrashLeft(path);
      return new RunFolder(path, lock, settings, await toResume(path, settings, existing));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Begins a run and keeps its models and memory as they are before the first step.
   * @throws InputError where the folder cannot be written or a model has weights that are not finite
   */
  async begin({ models, memory }: TrainingState): Promise<void> {
    this.directory = join(this.path, runFiles.starting);
    const settings = `${JSON.stringify(this.settings, null, 2)}\n`;
    await onDisk(`The run folder ${this.path} cannot be written`, async () => {
      await mkdir(this.directory);
      await writeFile(join(this.directory, runFiles.events), '');
      await writeDurably(join(this.directory, runFiles.settings), settings);
    });
    await saveCheckpoint(join(this.directory, runFiles.initial), { models, ...(memory && { memory }) });
  }

  /**
   * Goes on after a step, and returns what was recorded up to it.
   * @throws InputError where the record of the steps before cannot be read or written
   */
  async resume(step: number): Promise<RecordedEvent[]> {
    return dropEventsAfter(this.path, step);
  }

  /** @throws InputError where the record cannot be written */
  async record(events: readonly RecordedEvent[]): Promise<void> {
    if (events.length > 0) await recordEvents(this.directory, events);
  }

  /**
   * Writes a checkpoint, removes those that are older than the newest `keep`, and returns its path.
   * @throws InputError where it cannot be written, NonFiniteError where it must not; those before are untouched then
   */
  async save(state: TrainingState, progress: Progress, keep: number): Promise<string> {
    const { step } = progress;
    const file = checkpointFile(step);
    await flushEvents(this.directory);
    await saveCheckpoint(join(this.directory, file), state, progress);
    if (this.directory !== this.path) {
      await onDisk(`The run folder ${this.path} cannot be written`, () => moveIn(this.path));
      this.directory = this.path;
    }
    await recordEvents(this.path, [{ type: 'checkpoint', step }]);
    await removeOldCheckpoints(this.path, keep);
    return join(this.path, file);
  }

  /** Leaves the folder to others. @throws InputError where its files cannot be removed */
  async close(): Promise<void> {
    await onDisk(`The run folder ${this.path} cannot be left in order`, async () => {
      try {
        if (this.directory !== this.path) await rm(this.directory, { recursive: true, force: true });
      } finally {
        await this.lock.release();
      }
    });
  }
}

function filesOf(path: string): Promise<string[]> {
  return onDisk(`The run folder ${path} cannot be used`, () => readdir(path));
}

async function toResume(
  path: string,
  settings: RunSettings,
  existing: ExistingRun,
): Promise<Checkpoint | undefined> {
  const files = await filesOf(path);
  if (!files.includes(runFiles.settings) || existing === 'overwrite') return undefined;
  if (existing === 'refuse') {
    throw new InputError(
      `${path} holds another run. Resume it (existing: 'resume', --resume), replace it ('overwrite', --overwrite), or give another folder.`,
    );
  }
  await requireSameSettings(path, settings);
  return checkpointToResume(path);
}

/** A beginning run with a checkpoint has replaced the one before; without one it never was. */
async function finishWhatACrashLeft(path: string): Promise<void> {
  await onDisk(`The run folder ${path} cannot be written`, async () => {
    const files = await readdir(path);
    for (const name of files.filter(isTemporary)) await rm(join(path, name), { force: true });
    if (!files.includes(runFiles.starting)) return;
    const starting = join(path, runFiles.starting);
    if ((await readdir(starting)).some(isCheckpoint)) await moveIn(path);
    else await rm(starting, { recursive: true });
  });
}

/**
 * Moves a run from its subfolder to its place, which the checkpoints of a run before leave first; its own checkpoint comes
 * last, since it tells that there is something to move.
 */
async function moveIn(path: string): Promise<void> {
  const starting = join(path, runFiles.starting);
  for (const name of (await readdir(path)).filter(isCheckpoint)) await rm(join(path, name));
  const { settings, initial, events } = runFiles;
  const checkpoints = (await readdir(starting)).filter(isCheckpoint);
  for (const name of [settings, initial, events, ...checkpoints]) {
    await rename(join(starting, name), join(path, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await syncFolder(path);
  await rm(starting, { recursive: true });
}
