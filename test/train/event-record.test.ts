import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readEvents } from '../../src/train/index.js';
import { checkpointFile } from '../../src/train/run-files.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt, timeless } from './run-in-folder.js';
import { eventsOf, smallRun } from './small-run.js';

const path = eachWithAFolder();
let folder: string;
let record: string;

beforeAll(useAnyEngine);
beforeEach(async () => {
  folder = path();
  record = join(folder, 'events.jsonl');
  await leaveAt(4, folder);
});

describe('the record of a run', () => {
  test('leaves out a last line that a crash cut short', async () => {
    const events = await readEvents(folder);
    // The very last line is that of the checkpoint.
    const lines = (await readFile(record, 'utf8')).split('\n').slice(0, -2);
    await writeFile(record, lines.join('\n').slice(0, -5));
    expect(await readEvents(folder)).toEqual(events.slice(0, -1));
    await eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }));
    await eventsOf(smallRun({ checkpoint: `${folder}-whole` }));
    const all = timeless(await readEvents(`${folder}-whole`));
    expect(timeless(await readEvents(folder))).toEqual(all.filter((_, i) => i !== events.length - 1));
  });

  test('names the line that is damaged', async () => {
    const lines = (await readFile(record, 'utf8')).split('\n');
    await writeFile(record, lines.with(1, lines[1]!.slice(0, -5)).join('\n'));
    await expect(readEvents(folder)).rejects.toThrow(InputError);
    await expect(readEvents(folder)).rejects.toThrow(`${record}:2 is damaged`);
  });

  test('that cannot be read is an error, and a resume leaves everything as it is', async () => {
    await rm(record);
    await mkdir(record);
    const before = await readFile(join(folder, checkpointFile(4)));
    await expect(readEvents(folder)).rejects.toThrow(`The record ${record} cannot be read`);
    await expect(eventsOf(smallRun({ checkpoint: folder, existing: 'resume' }))).rejects.toThrow(InputError);
    expect(await readFile(join(folder, checkpointFile(4)))).toEqual(before);
  });

  test('is empty where it was deleted, and an error where there is no run', async () => {
    await rm(record);
    expect(await readEvents(folder)).toEqual([]);
    await expect(readEvents(join(folder, 'nowhere'))).rejects.toThrow('holds no readable run');
  });
});
