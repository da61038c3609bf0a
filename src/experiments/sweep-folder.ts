import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import { RunLock } from '../train/run-lock.js';
import type { ResultRow } from './row.js';
import type { SweepSpec } from './spec.js';
import type { Trial } from './trial.js';

/** What a trial's folder holds. */
export const trialFiles = {
  /** The folder of its training run. */
  run: 'run',
  /** The row of a trial that is done. */
  result: 'result.json',
  /** Why the trial could not be done, until it is. */
  failure: 'failure.json',
  /** How far a cluster's task is with it. */
  progress: 'progress.json',
} as const;

/** What a cluster's task says of the trial that it computes. */
export interface TrialProgress {
  /** Steps that earlier tasks had done. */
  readonly begun: number;
  readonly step: number;
  readonly totalSteps: number;
  /** Null before the first step. */
  readonly loss: number | null;
  readonly imagesPerSecond: number;
  /** The training is done. */
  readonly evaluating: boolean;
}

const files = { sweep: 'sweep.json', trials: 'trials', lock: 'lock' } as const;

/** The sweep that a folder holds: the latest spec and its trials in order. */
interface SweepRecord {
  readonly spec: SweepSpec;
  readonly trials: readonly string[];
}

/** A folder that one sweep at a time writes to; trials of earlier specs stay, to be found when they are asked for again. */
export class SweepFolder {
  private constructor(
    readonly path: string,
    private readonly lock: RunLock,
  ) {}

  /** @throws InputError where another sweep has the folder, it holds something else, or it cannot be written */
  static async open(path: string): Promise<SweepFolder> {
    await onDisk(`The sweep's folder ${path} cannot be used`, () => mkdir(path, { recursive: true }));
    const found = await onDisk(`The sweep's folder ${path} cannot be used`, () => readdir(path));
    const foreign = found.some((name) => name !== files.lock && !name.startsWith(`${files.lock}.`));
    if (foreign && !found.includes(files.trials)) {
      throw new InputError(`${path} is not empty and holds no sweep of dcl-lab; give another folder.`);
    }
    const lock = await RunLock.take(path);
    try {
      await onDisk(`The sweep's folder ${path} cannot be written`, () =>
        mkdir(join(path, files.trials), { recursive: true }),
      );
    } catch (error) {
      await lock.release();
      throw error;
    }
    return new SweepFolder(path, lock);
  }

  /** Keeps the spec and makes the trials' folders. */
  async begin(spec: SweepSpec, trials: readonly Trial[]): Promise<void> {
    await onDisk(`The sweep's folder ${this.path} cannot be written`, async () => {
      for (const trial of trials) await mkdir(this.trial(trial), { recursive: true });
      await writeJson(join(this.path, files.sweep), { spec, trials: trials.map(({ key }) => key) });
    });
  }

  trial({ key }: Trial): string {
    return trialFolder(this.path, key);
  }

  /** The row of a trial that is done. @throws InputError where it is damaged */
  row({ key }: Trial): Promise<ResultRow | undefined> {
    return rowOf(this.path, key);
  }

  recordFailure(trial: Trial, reason: string): Promise<void> {
    return recordFailure(this.trial(trial), reason);
  }

  /** Why the trial could not be done; undefined where it was not tried yet or is being tried again. */
  async failure(trial: Trial): Promise<string | undefined> {
    const path = join(this.trial(trial), trialFiles.failure);
    return (await readJson<{ readonly reason: string }>(path))?.reason;
  }

  /** What a cluster's task says; undefined before it does. */
  progress(trial: Trial): Promise<TrialProgress | undefined> {
    return readJson<TrialProgress>(join(this.trial(trial), trialFiles.progress));
  }

  /** The trial is done, or tried anew: what an earlier attempt said does not hold any more. */
  async forgetAttempts(trial: Trial): Promise<void> {
    for (const file of [trialFiles.failure, trialFiles.progress])
      await rm(join(this.trial(trial), file), { force: true });
  }

  async close(): Promise<void> {
    await this.lock.release();
  }
}

/** The folder of a trial. */
export function trialFolder(sweep: string, key: string): string {
  return join(sweep, files.trials, key);
}

/** Keeps why a trial could not be done in its folder. */
export async function recordFailure(folder: string, reason: string): Promise<void> {
  await onDisk(`The failure cannot be written to ${folder}`, () =>
    writeJson(join(folder, trialFiles.failure), { failedAt: new Date().toISOString(), reason }),
  );
}

/**
 * The finished trials of the folder's sweep, in the order of its spec; a sweep may be under way meanwhile.
 * @throws InputError where the folder holds no sweep, or a file is damaged
 */
export async function readRows(
  folder: string,
): Promise<{ readonly spec: SweepSpec; readonly rows: ResultRow[] }> {
  const record = await readJson<SweepRecord>(join(folder, files.sweep));
  if (record === undefined) {
    throw new InputError(`${folder} holds no sweep of dcl-lab, or one that has not begun yet.`);
  }
  const rows = await Promise.all(record.trials.map((key) => rowOf(folder, key)));
  return { spec: record.spec, rows: rows.filter((row) => row !== undefined) };
}

/**
 * The folder of a trial's training run, for `train.loadModels` and `train.readEvents`.
 * @param folder - of the sweep
 * @param key - the trial's, as its row has it
 */
export function trialRun(folder: string, key: string): string {
  return join(trialFolder(folder, key), trialFiles.run);
}

function rowOf(folder: string, key: string): Promise<ResultRow | undefined> {
  return readJson<ResultRow>(join(trialFolder(folder, key), trialFiles.result));
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new InputError(
      `${path} cannot be read: ${(error as Error).message}. Delete it to have it made anew.`,
    );
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeDurably(path, `${JSON.stringify(value, null, 2)}\n`);
}
