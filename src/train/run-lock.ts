import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.js';
import { onDisk, runFiles } from './run-files.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the Slurm task that it is. */
  readonly job?: string;
  /** Tells this lock from any other, also of a process with the same number. */
  readonly id?: string;
}

/** Lock files of this process's own runs: another one with our process id is stale, as after a container's restart. */
const ours = new Set<string>();

/**
 * The right to write to a run's folder, a file that names the process. It works while the process trains without
 * returning to its event loop, which locks kept fresh by a timer do not survive, and is void when the process is gone.
 */
export class RunLock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  /** @throws InputError where another run has it, or the folder cannot be written */
  static async take(folder: string): Promise<RunLock> {
    const path = join(await realpath(folder), runFiles.lock);
    const job = process.env.SLURM_JOB_ID;
    const holder: Holder = { pid: process.pid, host: hostname(), ...(job && { job }), id: randomUUID() };
    if (ours.has(path)) throw inUse(path, holder);
    ours.add(path);
    const text = `${JSON.stringify(holder)}\n`;
    try {
      await onDisk(`The lock ${path} cannot be taken`, () => taken(path, path, text));
    } catch (error) {
      ours.delete(path);
      throw error;
    }
    return new RunLock(path, text);
  }

  /** Leaves the folder to others; a lock that someone else has put there after deleting ours is theirs. */
  async release(): Promise<void> {
    if ((await textOf(this.path)) === this.text) await rm(this.path, { force: true });
    ours.delete(this.path);
  }
}

/** Makes the file, in the place of a void one too. @throws InputError where one is there that is not void */
async function taken(file: string, lock: string, text: string): Promise<void> {
  while (!(await created(file, lock, text))) {
    const found = await textOf(file);
    if (found !== undefined && (await replaced(file, requireVoid(found, lock), lock, text))) return;
  }
}

/**
 * Makes the file unless there is one; tells which. It appears with its text, since a process killed between making and
 * writing it would leave a lock that nobody can tell to be void.
 */
async function created(file: string, lock: string, text: string): Promise<boolean> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, text);
  try {
    await link(own, file);
    return true;
  } catch (error) {
    // A run that has just begun in the folder takes what looks like a crash's leftovers away, our own file too.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code!)) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Puts our lock in the place of a void one; tells whether that was still there. The right to do so is a lock too, which is
 * named after the void one: so of all who find it one replaces it, and nobody replaces what has followed it.
 */
async function replaced(file: string, found: string, lock: string, text: string): Promise<boolean> {
  const claim = `${lock}.${numberOf(found)}`;
  await taken(claim, lock, text);
  if ((await textOf(file)) === found) {
    await rename(claim, file);
    return true;
  }
  await rm(claim, { force: true });
  return false;
}

function numberOf(text: string): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64LE();
}

/** @throws InputError unless the process that the lock names is gone */
function requireVoid(text: string, lock: string): string {
  const holder = parsed(text);
  if (holder === undefined || isRunning(holder)) throw inUse(lock, holder);
  return text;
}

function inUse(lock: string, holder: Holder | undefined): InputError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new InputError(
    `${dirname(lock)} is in use by a run of ${who}. Wait for it or stop it; if there is no such run any more, delete ${lock}.`,
  );
}

function isRunning({ pid, host, job }: Holder): boolean {
  // Slurm starts a task again, maybe on another node, only once it has ended the one before.
  if (host !== hostname()) return job === undefined || job !== process.env.SLURM_JOB_ID;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parsed(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text);
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
