/** The record of a run: `events.jsonl`, one step or epoch event per line. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from '../errors.js';
import type { EpochEvent, StepEvent } from './events.js';
import { onDisk, runFiles } from './run-files.js';
import { readRunSettings } from './run-settings.js';

type RecordedEvent = StepEvent | EpochEvent;

/** Adds events to the folder's record. @throws InputError where it cannot be written */
export async function recordEvents(folder: string, events: readonly RecordedEvent[]): Promise<void> {
  await onDisk(`The record of ${folder} cannot be written`, () =>
    appendFile(join(folder, runFiles.events), lines(events)),
  );
}

/**
 * The step and epoch events that a run has recorded so far; a last line cut short by a crash is left out. They are
 * there once the run's first checkpoint is written.
 * @throws InputError where the folder holds no run, or naming the file, and the line that is damaged, where it cannot be
 *   read
 */
export async function readEvents(folder: string): Promise<RecordedEvent[]> {
  const path = join(folder, runFiles.events);
  await readRunSettings(folder);
  const text = await onDisk(`The record ${path} cannot be read`, () =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    }),
  );
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete.split('\n').flatMap((line, i) => (line === '' ? [] : [parsed(line, `${path}:${i + 1}`)]));
}

function parsed(line: string, place: string): RecordedEvent {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${place} is damaged: it is no event. Mend or delete the line.`);
  }
}

/** What was recorded after the checkpoint will happen again. @throws InputError where the record cannot be read or written */
export async function dropEventsAfter(folder: string, step: number): Promise<void> {
  const kept = (await readEvents(folder)).filter((event) => event.step <= step);
  await onDisk(`The record of ${folder} cannot be written`, () =>
    writeFileAtomic(join(folder, runFiles.events), lines(kept)),
  );
}

function lines(events: readonly RecordedEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
