import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CifarVersion, cifar10, cifar100, loadCifar } from '../../src/data/cifar.js';
import { parseCifar } from '../../src/data/cifar-records.js';
import { InputError } from '../../src/errors.js';

/** A record whose red values are 1, green 2, blue 3, but for its first pixel. */
function record(labels: readonly number[], firstPixel: readonly [number, number, number]): number[] {
  const planes = firstPixel.flatMap((value, channel) => [
    value,
    ...new Array<number>(1023).fill(channel + 1),
  ]);
  return [...labels, ...planes];
}

describe('parseCifar', () => {
  test('interleaves the planes of each image', () => {
    const bytes = Uint8Array.from([...record([7], [10, 20, 30]), ...record([2], [40, 50, 60])]);
    const { labels, pixels } = parseCifar(bytes, 'batch', 2, 1);
    expect([...labels]).toEqual([7, 2]);
    expect([...pixels.subarray(0, 6)]).toEqual([10, 20, 30, 1, 2, 3]);
    expect([...pixels.subarray(3072, 3078)]).toEqual([40, 50, 60, 1, 2, 3]);
  });

  test('takes the fine label of CIFAR-100, the second', () => {
    const { labels, pixels } = parseCifar(Uint8Array.from(record([19, 87], [10, 20, 30])), 'batch', 1, 2);
    expect([...labels]).toEqual([87]);
    expect([...pixels.subarray(0, 3)]).toEqual([10, 20, 30]);
  });

  test('names a file that is cut short', () => {
    const bytes = Uint8Array.from(record([7], [0, 0, 0]));
    expect(() => parseCifar(bytes, 'data_batch_3.bin', 2, 1)).toThrow(InputError);
    expect(() => parseCifar(bytes, 'data_batch_3.bin', 2, 1)).toThrow(
      'data_batch_3.bin should have 6146 bytes for 2 images, it has 3073',
    );
  });
});

test('the published files hold 60,000 images each', () => {
  for (const { recordsPerFile, train, test: held } of [cifar10, cifar100]) {
    expect([train.length * recordsPerFile.train, held.length * recordsPerFile.test]).toEqual([
      50_000, 10_000,
    ]);
  }
});

describe('loadCifar', () => {
  let directory: string;
  /** CIFAR-10 with one image a file and no server to download from. */
  let tiny: CifarVersion;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cifar-'));
    const source = join(directory, cifar10.folder);
    await mkdir(source);
    const files = [...cifar10.train, ...cifar10.test];
    for (const [label, file] of files.entries()) {
      await writeFile(join(source, file), Uint8Array.from(record([label], [label, 0, 0])));
    }
    await writeFile(join(source, cifar10.classNames), 'airplane\nautomobile\nbird\ncat\ndeer\ndog\n\n');
    await writeFile(join(source, 'readme.html'), 'not read');
    const archive = join(directory, cifar10.archive);
    await tar.create({ gzip: true, file: archive, cwd: directory }, [cifar10.folder]);
    await rm(source, { recursive: true });
    const md5 = createHash('md5')
      .update(await readFile(archive))
      .digest('hex');
    tiny = { ...cifar10, url: 'http://127.0.0.1:9/none.tar.gz', md5, recordsPerFile: { train: 1, test: 1 } };
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('extracts the archive and reads both parts with their classes', async () => {
    const { train, test: held } = await loadCifar(tiny, directory);
    expect([train.name, train.length, held.length, train.shape]).toEqual([
      'cifar10 train',
      5,
      1,
      [32, 32, 3],
    ]);
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4]);
    expect(held.classes[held.labels[0]!]).toBe('dog');
    expect([...(await train.read([4])).subarray(0, 6)]).toEqual([4, 0, 0, 1, 2, 3]);
    expect((await readdir(directory)).sort()).toEqual([cifar10.folder, cifar10.archive].sort());
  });

  test('needs no archive once its files are there', async () => {
    await loadCifar(tiny, directory);
    await rm(join(directory, tiny.archive));
    expect((await loadCifar(tiny, directory)).train.length).toBe(5);
  });

  test('extracts again what is missing and leaves other files alone', async () => {
    await loadCifar(tiny, directory);
    await rm(join(directory, tiny.folder, 'data_batch_2.bin'));
    await writeFile(join(directory, tiny.folder, 'notes.txt'), 'mine');
    expect((await loadCifar(tiny, directory)).train.length).toBe(5);
    expect(await readdir(join(directory, tiny.folder))).toContain('notes.txt');
  });

  test('names an extracted file that is cut short', async () => {
    await loadCifar(tiny, directory);
    await truncate(join(directory, tiny.folder, 'test_batch.bin'), 100);
    await expect(loadCifar(tiny, directory)).rejects.toThrow(/test_batch\.bin should have 3073 bytes/);
  });

  test('names an archive that is damaged and does not touch it', async () => {
    await truncate(join(directory, tiny.archive), 50);
    const attempt = loadCifar(tiny, directory);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(`${join(directory, tiny.archive)} is damaged`);
    expect((await readFile(join(directory, tiny.archive))).length).toBe(50);
  });

  test('names an archive that lacks a file', async () => {
    const attempt = loadCifar({ ...tiny, train: ['data_batch_9.bin'] }, directory);
    await expect(attempt).rejects.toThrow(/Could not extract .*data_batch_9\.bin/);
    expect(await readdir(directory)).not.toContainEqual(expect.stringContaining('part'));
  });

  test('says what to put where when it can neither find nor download it', async () => {
    await rm(join(directory, tiny.archive));
    const attempt = loadCifar(tiny, directory);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(tiny.url);
    await expect(attempt).rejects.toThrow(join(directory, tiny.archive));
  });
});
