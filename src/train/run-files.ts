/** What a run's folder holds, and how its files are read and written. */
import { InputError } from '../errors.js';

export const runFiles = {
  /** The run's settings. */
  settings: 'run.json',
  /** The options of the command that began it, where one did. */
  options: 'options.json',
  /** The models before the first step. */
  initial: 'initial.safetensors',
  /** What happened, one event per line. */
  events: 'events.jsonl',
  /** Who writes here now. */
  lock: 'lock',
  /** Where a run keeps all of the above until its first checkpoint is written. */
  starting: 'starting',
} as const;

const names: readonly string[] = Object.values(runFiles);
const checkpointName = /^checkpoint-(\d{8,})\.safetensors$/;

/** The file of the weights, optimiser and progress after a step; names in the order of letters are in that of steps. */
export function checkpointFile(step: number): string {
  return `checkpoint-${String(step).padStart(8, '0')}.safetensors`;
}

/** The step of a checkpoint's file; undefined for other names. */
export function stepOf(name: string): number | undefined {
  const [, step] = checkpointName.exec(name) ?? [];
  return step === undefined ? undefined : Number(step);
}

/** Where a checkpoint that turned out to be damaged is kept. */
export function asideOf(checkpoint: string): string {
  return `${checkpoint}.damaged`;
}

/** Whether it is a checkpoint, also a damaged one. */
export function isCheckpoint(name: string): boolean {
  return stepOf(name.replace(/\.damaged$/, '')) !== undefined;
}

/** Whether a run's folder has this file, also while it is being replaced or when a crash left it half written. */
export function isRunFile(name: string): boolean {
  return names.includes(name) || isCheckpoint(name) || isTemporary(name);
}

/** `writeDurably` writes to the file's name and a number before it renames; a crash in between leaves that behind. */
export function isTemporary(name: string): boolean {
  const [, file] = /^(.+)\.\d+$/.exec(name) ?? [];
  return file !== undefined && (names.includes(file) || isCheckpoint(file));
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
