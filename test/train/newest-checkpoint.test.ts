import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import { readCheckpoint, saveCheckpoint } from '../../src/train/checkpoint.js';
import { loadEncoder, readEvents } from '../../src/train/index.js';
import { newestCheckpoint } from '../../src/train/newest-checkpoint.js';
import { checkpointFile, isCheckpoint, stepOf } from '../../src/train/run-files.js';
import { useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt, timeless } from './run-in-folder.js';
import { eventsOf, smallEncoder, smallMethods, smallRun } from './small-run.js';

const reading = vi.hoisted(() => ({ before: async (_path: string): Promise<void> => {} }));
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof import('node:fs/promises')>();
  const readAfter = async (path: string, ...rest: never[]) => {
    await reading.before(path);
    return files.readFile(path, ...rest);
  };
  return { ...files, readFile: readAfter };
});

const path = eachWithAFolder();
let folder: string;
let warn: ReturnType<typeof vi.spyOn>;

beforeAll(useAnyEngine);
beforeEach(() => {
  folder = path();
  warn = vi.spyOn(console, 'warn').mockReturnValue();
});
afterEach(() => {
  reading.before = async () => {};
  vi.restoreAllMocks();
});

const at = (step: number) => join(folder, checkpointFile(step));
const save = (step: number) =>
  saveCheckpoint(
    at(step),
    { models: { encoder: smallEncoder() } },
    { step, epochLoss: 0, seconds: 1, epochStart: 0 },
  );
const checkpoints = async () => (await readdir(folder)).filter(isCheckpoint);
const resume = (options: Parameters<typeof smallRun>[0] = {}) =>
  eventsOf(smallRun({ checkpoint: folder, existing: 'resume', ...options }));

const damages: readonly [string, (file: string) => Promise<unknown>][] = [
  ['empty', (file) => truncate(file, 0)],
  ['cut short', async (file) => truncate(file, (await readFile(file)).length / 2)],
  [
    'of one bit flipped',
    async (file) => {
      const bytes = await readFile(file);
      bytes[bytes.length - 3]! ^= 16;
      await writeFile(file, bytes);
    },
  ],
  ['something else', (file) => writeFile(file, 'no checkpoint')],
];

describe('the newest checkpoint', () => {
  test('is that of the highest step, whatever its number of digits', async () => {
    await mkdir(folder);
    for (const step of [9, 10, 123_456_789]) await save(step);
    expect((await newestCheckpoint(folder))!.checkpoint.progress.step).toBe(123_456_789);
    expect((await checkpoints()).map(stepOf).sort()).toEqual([10, 123_456_789, 9]);
  });

  test('cut short anywhere, or with any bit flipped, is passed over for the one before', async () => {
    await mkdir(folder);
    for (const step of [1, 2]) await save(step);
    const before = await readCheckpoint(at(1));
    const good = await readFile(at(2));
    // Another digit of the format's version makes it another version's, which is no damage.
    const version = good.indexOf('dcl-lab checkpoint 2') + 'dcl-lab checkpoint '.length;
    const headerEnd = 8 + Number(good.readBigUInt64LE());
    const place = fc.oneof(fc.nat({ max: headerEnd - 1 }), fc.nat({ max: good.length - 1 }));
    const cut = fc.nat({ max: good.length - 1 }).map((length) => good.subarray(0, length));
    const flipped = fc.tuple(place, fc.nat({ max: 7 })).map(([byte, bit]) => {
      const bytes = Buffer.from(good);
      if (byte !== version) bytes[byte]! ^= 1 << bit;
      return bytes;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(cut, flipped), async (bytes) => {
        fc.pre(!bytes.equals(good));
        await writeFile(at(2), bytes);
        const { checkpoint, damaged } = (await newestCheckpoint(folder))!;
        // A space more or less between the parts of the header is no damage either.
        if (damaged.length === 0) expect(checkpoint.tensors).toEqual((await readCheckpoint(at(2))).tensors);
        else expect(checkpoint).toEqual(before);
        expect(damaged.map((error) => error.path)).toEqual(damaged.length === 0 ? [] : [at(2)]);
      }),
      { numRuns: 300 },
    );
  });

  test('of another version is refused rather than passed over', async () => {
    await mkdir(folder);
    for (const step of [1, 2]) await save(step);
    const text = await readFile(at(2), 'latin1');
    await writeFile(at(2), text.replace('dcl-lab checkpoint 2', 'dcl-lab checkpoint 3'), 'latin1');
    await expect(newestCheckpoint(folder)).rejects.toThrow('"dcl-lab checkpoint 3" of another version');
  });

  test('is found where the run removes what a reader was about to read', async () => {
    await mkdir(folder);
    await save(1);
    const seen: string[] = [];
    reading.before = async (file) => {
      seen.push(file);
      // Between the reader's listing and its reading.
      if (file === at(1)) await Promise.all([save(2), rm(at(1))]);
      if (file === at(2) && seen.length < 3) await Promise.all([save(3), rm(at(2))]);
    };
    const { checkpoint, damaged } = (await newestCheckpoint(folder))!;
    expect(seen).toEqual([at(1), at(2), at(3)]);
    expect(checkpoint.path).toBe(at(3));
    expect(damaged).toEqual([]);
  });

  test('is what loadEncoder takes, which renames nothing, and a file that it is given is taken as given', async () => {
    await eventsOf(smallRun({ checkpoint: folder, checkpointSeconds: 0 }));
    const before = await loadEncoder(at(5));
    await truncate(at(6), 100);
    const encoder = await loadEncoder(folder);
    expect(encoder.getWeights().map((w) => [...w.dataSync()])).toEqual(
      before.getWeights().map((w) => [...w.dataSync()]),
    );
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(new RegExp(`^${at(6)} is cut short.* ${at(5)} is used instead`)),
    );
    expect(await checkpoints()).toEqual([checkpointFile(5), checkpointFile(6)]);
    await expect(loadEncoder(at(6))).rejects.toThrow(`${at(6)} is cut short`);
    await expect(loadEncoder(at(4))).rejects.toThrow(`The checkpoint ${at(4)} cannot be read`);
    for (const step of [5, 6]) await rm(at(step));
    await expect(loadEncoder(folder)).rejects.toThrow(`${folder} holds no checkpoint of a run`);
  });
});

describe('a run whose newest checkpoint is damaged', () => {
  test.each(damages)(
    '(%s) goes on from the one before, exactly, and keeps the damaged one',
    async (_, damage) => {
      await leaveAt(4, folder, { checkpointSeconds: 0 });
      await damage(at(4));
      const damaged = await readFile(at(4));
      const events = await resume();
      expect(events[0]).toMatchObject({ type: 'start', step: 3 });
      expect(warn).toHaveBeenCalledExactlyOnceWith(
        expect.stringMatching(
          new RegExp(`^${at(4)} is .*now called ${at(4)}.damaged. The run goes on from ${at(3)}`),
        ),
      );
      expect(await readFile(`${at(4)}.damaged`)).toEqual(damaged);
      const whole = `${folder}-whole`;
      await eventsOf(smallRun({ checkpoint: whole }));
      expect((await readCheckpoint(at(6))).tensors).toEqual(
        (await readCheckpoint(join(whole, checkpointFile(6)))).tensors,
      );
      expect(timeless(await readEvents(folder))).toEqual(timeless(await readEvents(whole)));
      await resume();
      expect(warn).toHaveBeenCalledTimes(1);
    },
  );

  test.each(smallMethods)(
    'trains on with the queue and momentum of the one before: $name',
    async (method) => {
      const whole = `${folder}-whole`;
      await eventsOf(smallRun({ method, checkpoint: whole }));
      await leaveAt(5, folder, { method, checkpointSeconds: 0, keepCheckpoints: 4 });
      for (const step of [3, 4, 5]) await truncate(at(step), 1000);
      expect((await resume({ method }))[0]).toMatchObject({ step: 2 });
      expect(warn).toHaveBeenCalledTimes(3);
      expect((await readCheckpoint(at(6))).tensors).toEqual(
        (await readCheckpoint(join(whole, checkpointFile(6)))).tensors,
      );
    },
  );

  test('or missing says so', async () => {
    await leaveAt(4, folder, { checkpointSeconds: 0 });
    await rename(at(4), join(folder, '..', 'elsewhere'));
    expect((await resume())[0]).toMatchObject({ step: 3 });
    expect(warn).toHaveBeenCalledExactlyOnceWith(`${at(4)} is missing. The run goes on from ${at(3)}.`);
    expect(timeless(await readEvents(folder))).toEqual(
      timeless((await eventsOf(smallRun())).filter(({ type }) => type === 'step' || type === 'epoch')),
    );
  });

  test('and all others too is not resumed, and nothing is touched', async () => {
    await leaveAt(4, folder, { checkpointSeconds: 0 });
    await writeFile(at(3), '');
    await truncate(at(4), 1000);
    const record = await readFile(join(folder, 'events.jsonl'));
    const refused = resume();
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      new RegExp(`No checkpoint of ${folder} is whole: ${at(4)} is cut short.*${at(3)} is cut short`),
    );
    expect(await checkpoints()).toEqual([checkpointFile(3), checkpointFile(4)]);
    expect(await readFile(join(folder, 'events.jsonl'))).toEqual(record);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('keepCheckpoints', () => {
  test.each([1, 2, 4])('%i keeps so many, across sittings', async (keepCheckpoints) => {
    const options = { checkpointSeconds: 0, keepCheckpoints };
    await leaveAt(3, folder, options);
    await resume(options);
    const kept = [1, 2, 3, 4, 5, 6].slice(-keepCheckpoints);
    expect(await checkpoints()).toEqual(kept.map(checkpointFile));
  });

  test('removes none before the new one is there', async () => {
    for await (const event of smallRun({ checkpoint: folder, checkpointSeconds: 0, keepCheckpoints: 1 })) {
      if (event.type === 'step' && event.step > 1)
        expect(await checkpoints()).toEqual([checkpointFile(event.step - 1)]);
      if (event.type === 'checkpoint') expect(await checkpoints()).toEqual([checkpointFile(event.step)]);
    }
  });

  test.each([0, 1.5])('of %d is refused', (keepCheckpoints) => {
    expect(() => smallRun({ keepCheckpoints })).toThrow(`keepCheckpoints is ${keepCheckpoints}`);
  });
});
