/** The record of a run: `events.jsonl`, a line for each step, epoch, evaluation and checkpoint that it reported. */
import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import type { RecordedEvent } from './events.js';
import { onDisk, runFiles } from './run-files.js';
import { readRunSettings } from './run-settings.js';

/** That there is a checkpoint after a step, so that it can be missed. */
interface CheckpointRecord {
  readonly type: 'checkpoint';
  readonly step: number;
}

type Recorded = RecordedEvent | CheckpointRecord;

/** Adds events to the folder's record. @throws InputError where it cannot be written */
export async function recordEvents(folder: string, events: readonly Recorded[]): Promise<void> {
  await onDisk(`The record of ${folder} cannot be written`, () =>
    appendFile(join(folder, runFiles.events), lines(events)),
  );
}

/** Puts what was recorded so far on the disk: a checkpoint must not outlast the record before it. */
export async function flushEvents(folder: string): Promise<void> {
  await onDisk(`The record of ${folder} cannot be written`, async () => {
    const record = await open(join(folder, runFiles.events), 'a');
    try {
      await record.sync();
    } finally {
      await record.close();
    }
  });
}

/**
 * The step, epoch and evaluation events that a run has recorded so far; a last line cut short by a crash is left out. They are
 * there once the run's first checkpoint is written.
 * @throws InputError where the folder holds no run, or naming the file, and the line that is damaged, where it cannot be
 *   read
 */
export async function readEvents(folder: string): Promise<RecordedEvent[]> {
  await readRunSettings(folder);
  return withoutCheckpoints(await recorded(folder));
}

function withoutCheckpoints(events: readonly Recorded[]): RecordedEvent[] {
  return events.filter((event) => event.type !== 'checkpoint');
}

async function recorded(folder: string): Promise<Recorded[]> {
  const path = join(folder, runFiles.events);
  const text = await onDisk(`The record ${path} cannot be read`, () =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    }),
  );
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete.split('\n').flatMap((line, i) => (line === '' ? [] : [parsed(line, `${path}:${i + 1}`)]));
}

function parsed(line: string, place: string): Recorded {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${place} is damaged: it is no event. Mend or delete the line.`);
  }
}

/** The steps after which the run wrote checkpoints, as far as recorded. @throws InputError where that cannot be read */
export async function recordedCheckpoints(folder: string): Promise<number[]> {
  return (await recorded(folder)).flatMap(({ type, step }) => (type === 'checkpoint' ? [step] : []));
}

/**
 * What was recorded after the checkpoint will happen again.
 * @returns what was recorded before
 * @throws InputError where the record cannot be read or written
 */
export async function dropEventsAfter(folder: string, step: number): Promise<RecordedEvent[]> {
  const kept = (await recorded(folder)).filter((event) => event.step <= step);
  await onDisk(`The record of ${folder} cannot be written`, () =>
    writeDurably(join(folder, runFiles.events), lines(kept)),
  );
  return withoutCheckpoints(kept);
}

function lines(events: readonly Recorded[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
