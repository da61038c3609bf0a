import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { onDisk, runFiles } from './run-files.js';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Lock files of this process's own runs: another one with our process id is stale, as after a container's restart. */
const ours = new Set<string>();

/**
 * The right to write to a run's folder, a file that names the process. It works while the process trains without
 * returning to its event loop, which locks kept fresh by a timer do not survive, and is void when the process is gone.
 */
export class RunLock {
  private constructor(private readonly path: string) {}

  /** @throws InputError where another run has it, or the folder cannot be written */
  static async take(folder: string): Promise<RunLock> {
    const path = join(await realpath(folder), runFiles.lock);
    const holder: Holder = { pid: process.pid, host: hostname() };
    if (ours.has(path)) throw inUse(folder, path, holder);
    ours.add(path);
    try {
      await onDisk(`The lock ${path} cannot be taken`, async () => {
        while (!(await created(path, `${JSON.stringify(holder)}\n`))) await removeIfStale(path, folder);
      });
    } catch (error) {
      ours.delete(path);
      throw error;
    }
    return new RunLock(path);
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    ours.delete(this.path);
  }
}

/**
 * Makes the file unless there is one; tells which. It appears with its text, since a process killed between making and
 * writing it would leave a lock that nobody can tell to be void.
 */
async function created(path: string, text: string): Promise<boolean> {
  const own = besides(path);
  await writeFile(own, text);
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** A name that no other process uses. */
function besides(path: string): string {
  return `${path}.${process.pid}`;
}

/** @throws InputError where the lock is not stale */
async function removeIfStale(path: string, folder: string): Promise<void> {
  const text = await textOf(path);
  if (text === undefined) return;
  const holder = parsed(text);
  if (holder === undefined || isRunning(holder)) throw inUse(folder, path, holder);
  // Of several processes that find the same stale lock one moves it; a later one may move the first one's new lock.
  const aside = besides(path);
  await rename(path, aside).catch(ignoreMissing);
  const moved = await textOf(aside);
  if (moved !== undefined && moved !== text) await rename(aside, path);
  else await rm(aside, { force: true });
}

function inUse(folder: string, path: string, holder: Holder | undefined): InputError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new InputError(
    `${folder} is in use by a run of ${who}. Wait for it or stop it; if there is no such run any more, delete ${path}.`,
  );
}

function isRunning({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
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
  return readFile(path, 'utf8').catch(ignoreMissing);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
