/** What a run's folder holds, and how its files are read and written. */
import { InputError } from '../errors.js';

export const runFiles = {
  /** The run's settings. */
  settings: 'run.json',
  /** The models before the first step. */
  initial: 'initial.safetensors',
  /** Weights, optimiser and progress. */
  checkpoint: 'checkpoint.safetensors',
  /** One step or epoch event per line. */
  events: 'events.jsonl',
  /** Who writes here now. */
  lock: 'lock',
  /** Where a run keeps all of the above until its first checkpoint is written. */
  starting: 'starting',
} as const;

const names: readonly string[] = Object.values(runFiles);

/** Whether a run's folder has this file, also while it is being replaced or when a crash left it half written. */
export function isRunFile(name: string): boolean {
  return names.includes(name) || isTemporary(name);
}

/** write-file-atomic writes to the file's name and a number before it renames; a crash in between leaves that behind. */
export function isTemporary(name: string): boolean {
  const [, file] = /^(.+)\.\d+$/.exec(name) ?? [];
  return file !== undefined && names.includes(file);
}

/** Does file work. @throws InputError with `problem` and the system's reason, such as a full disk */
export async function onDisk<T>(problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${problem}: ${(error as Error).message}.`);
  }
}
