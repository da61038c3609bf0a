import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';
import {
  type ExtractionProgress,
  embed,
  extractedRows,
  extractFeatures,
  extractPart,
  joinFeatures,
  openFeatures,
} from '../../src/evaluate/index.js';
import { decodeSafetensors } from '../../src/weights/index.js';
import { useAnyEngine } from '../engines.js';
import { grayEncoder, graySteps } from './gray-steps.js';
import { temporaryFolder } from './temporary-folder.js';

beforeAll(useAnyEngine);
afterEach(() => {
  vi.restoreAllMocks();
});

const folder = temporaryFolder();
const data = graySteps(23);
const encoder = grayEncoder(1, -2, 0.5);
const options = { batchSize: 2, shardRows: 5 };
const extract = (path = folder()) => extractFeatures(encoder, data, path, options);

/** The bytes of every file of a folder. */
async function contentsOf(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path)).filter((name) => !name.endsWith('.damaged')).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'latin1')])),
  );
}

/** The data set, which fails from its `reads`-th reading on, as a process that is killed does no more work. */
function failingAfter(reads: number): Dataset {
  let done = 0;
  const read: Dataset['read'] = async (indices) => {
    // The fingerprint is the first.
    if (done++ > reads) throw new Error('killed');
    return data.read(indices);
  };
  return { ...data, read };
}

describe('extractFeatures', () => {
  test('writes what embed gives, in files that others can read and check', async () => {
    const expected = await embed(encoder, data);
    const stored = await extract();
    expect(stored).toMatchObject({ name: 'gray steps', count: 23, dimension: 3, classes: data.classes });
    expect([...stored.labels]).toEqual([...data.labels]);
    expect(await stored.rows(Int32Array.from({ length: 23 }, (_, i) => i))).toEqual(expected.features);
    await stored.close();
    const { shards } = JSON.parse(await readFile(join(folder(), 'features.json'), 'utf8'));
    expect(Object.keys(shards)).toHaveLength(5);
    for (const [file, sha256] of Object.entries(shards)) {
      const bytes = await readFile(join(folder(), file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const last = decodeSafetensors(await readFile(join(folder(), 'features-00004.safetensors')), 'last');
    expect(last.tensors.get('features')).toMatchObject({
      shape: [3, 3],
      values: expected.features.slice(60),
    });
    expect(last.tensors.get('labels')).toMatchObject({ shape: [3], values: data.labels.slice(20) });
  });

  test('gives any rows in any order, across files', async () => {
    const { features } = await embed(encoder, data);
    const stored = await extract();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 22 })), async (rows) => {
        const expected = rows.flatMap((row) => [...features.subarray(3 * row, 3 * row + 3)]);
        expect([...(await stored.rows(Int32Array.from(rows)))]).toEqual(expected);
      }),
    );
    await expect(stored.rows(Int32Array.of(2, 23))).rejects.toThrow('there is no row 23');
    await stored.close();
  });

  test('interrupted anywhere and however often, ends up with the same bytes', async () => {
    await (await extract(join(folder(), 'whole'))).close();
    const expected = await contentsOf(join(folder(), 'whole'));
    let sittings = 0;
    let interruptions = 0;
    const places = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(places, async (readings) => {
        const path = join(folder(), String(sittings++));
        for (const reads of readings) {
          await extractFeatures(encoder, failingAfter(reads), path, options).then(
            (stored) => stored.close(),
            ({ message }: Error) => {
              interruptions += 1;
              expect(message).toBe('killed');
            },
          );
        }
        await (await extract(path)).close();
        expect(await contentsOf(path)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
    expect(interruptions).toBeGreaterThan(3);
  });

  test('takes away what a crash left half written', async () => {
    await (await extract()).close();
    const expected = await contentsOf(folder());
    await writeFile(join(folder(), 'features-00002.safetensors.12345'), 'half');
    await writeFile(join(folder(), 'features.json.6789'), '{');
    // A file that is written, but not yet named as complete.
    const index = JSON.parse(await readFile(join(folder(), 'features.json'), 'utf8'));
    delete index.shards['features-00003.safetensors'];
    await writeFile(join(folder(), 'features.json'), JSON.stringify(index));
    await (await extract()).close();
    expect(await contentsOf(folder())).toEqual(expected);
  });

  test.each([
    ['changed', (path: string) => appendFile(path, 'x'), true],
    ['cut short', (path: string) => truncate(path, 40), true],
    ['gone', (path: string) => rm(path), false],
  ])('makes a file again that is %s, and names it', async (_, damage, remains) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await (await extract()).close();
    const expected = await contentsOf(folder());
    await damage(join(folder(), 'features-00001.safetensors'));
    const progress: ExtractionProgress[] = [];
    const onProgress = (event: ExtractionProgress) => progress.push(event);
    await (await extractFeatures(encoder, data, folder(), { ...options, onProgress })).close();
    expect(await contentsOf(folder())).toEqual(expected);
    expect((await readdir(folder())).includes('features-00001.safetensors.damaged')).toBe(remains);
    expect(warn.mock.calls.join()).toContain('features-00001.safetensors');
    // The others were verified and kept.
    expect(progress.filter(({ type }) => type === 'verify').map(({ done }) => done)).toEqual([
      5, 10, 15, 20, 23,
    ]);
    expect(progress.filter(({ type }) => type === 'extract').map(({ done }) => done)).toEqual([20, 22, 23]);
    expect(progress.at(-1)).toMatchObject({ total: 23, secondsLeft: 0 });
  });

  test('refuses a folder of another encoder, other data or something else', async () => {
    await (await extract()).close();
    const other = grayEncoder(1, -2, 0.25);
    const refused = extractFeatures(other, data, folder(), options);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/holds other features: encoder was "[0-9a-f]{64}", now/);
    await expect(extractFeatures(encoder, graySteps(22), folder(), options)).rejects.toThrow(
      'count was 23, now 22',
    );
    await expect(extractFeatures(encoder, data, folder(), { ...options, shardRows: 6 })).rejects.toThrow(
      'shardRows was 5, now 6',
    );
    const strange = join(folder(), 'strange');
    await mkdir(strange);
    await writeFile(join(strange, 'thesis.txt'), 'years of work');
    await expect(extract(strange)).rejects.toThrow('is not empty and holds no features');
    expect(await readdir(strange)).toEqual(['thesis.txt']);
  });

  test('refuses an encoder that has diverged, and leaves no tensors behind', async () => {
    await expect(extractFeatures(grayEncoder(Number.NaN), data, folder(), options)).rejects.toThrow(
      'The encoder gray gives NaN for image 0 of gray steps',
    );
    const before = tf.memory().numTensors;
    await (await extract(join(folder(), 'good'))).close();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('openFeatures', () => {
  test('reads what is complete, and says what to do where it is not', async () => {
    await expect(openFeatures(folder())).rejects.toThrow('holds no features');
    const path = join(folder(), 'part');
    await expect(extractFeatures(encoder, failingAfter(6), path, options)).rejects.toThrow('killed');
    await expect(openFeatures(path)).rejects.toThrow(/holds \d of 5 files of features; extract them again/);
    await (await extract(path)).close();
    const stored = await openFeatures(path);
    expect(stored.labels).toEqual(data.labels);
    await stored.close();
    await truncate(join(path, 'features-00003.safetensors'), 100);
    await expect(openFeatures(path)).rejects.toThrow(/features-00003\.safetensors is damaged: 100 bytes/);
  });
});

describe('in parts', () => {
  const parts = (path: string, of: number) =>
    Promise.all(
      Array.from({ length: of }, (_, index) => extractPart(encoder, data, path, { index, of }, options)),
    );

  test('any number of them gives the files of one, to the last byte', async () => {
    const whole = join(folder(), 'whole');
    await (await extract(whole)).close();
    const expected = await contentsOf(whole);
    for (const of of [1, 2, 4, 7]) {
      const path = join(folder(), `of${of}`);
      await parts(path, of);
      const features = await joinFeatures(path, of);
      expect(features.count).toBe(23);
      await features.close();
      expect(await contentsOf(path)).toEqual(expected);
    }
  });

  test('one that is killed goes on, and what is missing is said before', async () => {
    const part = { index: 0, of: 2 };
    const killed = extractPart(encoder, failingAfter(3), folder(), part, options);
    await expect(killed).rejects.toThrow('killed');
    expect(await extractedRows(folder(), 2)).toEqual({ done: 5, total: 23 });
    await expect(joinFeatures(folder(), 2)).rejects.toThrow(/holds 1 of 5 files/);
    await parts(folder(), 2);
    expect(await extractedRows(folder(), 2)).toEqual({ done: 23, total: 23 });
    await (await joinFeatures(folder(), 2)).close();
    expect(await extractedRows(folder(), 2)).toEqual({ done: 23, total: 23 });
  });

  test('joining tells its progress, and stopped by what that throws the same call goes on', async () => {
    await parts(folder(), 2);
    const enough = new Error('enough');
    const stopping = () => {
      throw enough;
    };
    await expect(joinFeatures(folder(), 2, { onProgress: stopping })).rejects.toBe(enough);
    const told: string[] = [];
    const onProgress = ({ type, done, total }: ExtractionProgress) =>
      told.push(`${type} ${done} of ${total}`);
    const features = await joinFeatures(folder(), 2, { onProgress });
    expect([...features.labels]).toEqual([...data.labels]);
    await features.close();
    // Files have 5 rows, the last one 3; the first part has every other of them.
    const of = [
      ['verify 5 of 13', 'verify 10 of 13', 'verify 13 of 13'],
      ['verify 5 of 10', 'verify 10 of 10'],
    ];
    expect(told).toEqual(of.flat());
    expect(
      (await readdir(folder())).filter((file) => !/^features(-\d{5}\.safetensors|\.json)$/.test(file)),
    ).toEqual([]);
  });

  test('a damaged file is set aside and made again', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    await parts(folder(), 2);
    const file = join(folder(), 'part-1-of-2', 'features-00003.safetensors');
    await appendFile(file, 'x');
    await expect(joinFeatures(folder(), 2)).rejects.toThrow(/holds 4 of 5 files/);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('is damaged'));
    await parts(folder(), 2);
    await (await joinFeatures(folder(), 2)).close();
  });

  test('parts of other features, and a number that is no part, are refused', async () => {
    await extractPart(encoder, data, folder(), { index: 0, of: 2 }, options);
    await extractPart(grayEncoder(2, -2, 0.5), data, folder(), { index: 1, of: 2 }, options);
    await expect(joinFeatures(folder(), 2)).rejects.toThrow(/holds other features: encoder was/);
    await expect(extractPart(encoder, data, folder(), { index: 2, of: 2 }, options)).rejects.toThrow(
      /index is 2; it must be a whole number from 0 to 1/,
    );
  });
});
