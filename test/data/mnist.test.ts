import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from '../../src/data/index.js';
import { readMnist } from '../../src/data/mnist.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function idx(name: string, shape: readonly number[], values: readonly number[]): Promise<string> {
  const path = join(folder, name);
  const sizes = shape.flatMap((size) => [0, 0, 0, size]);
  await writeFile(path, Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...values]));
  return path;
}

test('loads the 60,000 and 10,000 digits that come with the library', async () => {
  const { train, test: held } = await load('mnist');
  expect([train.length, held.length, train.shape, train.classes.length]).toEqual([
    60000,
    10000,
    [28, 28, 1],
    10,
  ]);
  expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  const [pixels, first] = [await train.read([0, 1]), await train.read([1])];
  expect(pixels.length).toBe(2 * 784);
  expect(pixels.subarray(784)).toEqual(first);
  // Ink in the middle, none in the corners.
  expect(Math.max(...first)).toBe(255);
  expect(first[0]).toBe(0);
});

test('reads images and labels of any size', async () => {
  const images = await idx('images', [2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const labels = await idx('labels', [2], [7, 0]);
  const dataset = await readMnist('tiny', images, labels);
  expect([dataset.name, dataset.length, dataset.shape]).toEqual(['tiny', 2, [1, 3, 1]]);
  expect(dataset.labels).toEqual(Int32Array.of(7, 0));
  expect(await dataset.read([1])).toEqual(Uint8Array.of(4, 5, 6));
});

test('names the file that does not fit', async () => {
  const images = await idx('images', [2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const labels = await idx('three-labels', [3], [7, 0, 1]);
  await expect(readMnist('tiny', images, labels)).rejects.toThrow(/three-labels should hold 2 labels/);
  await expect(readMnist('tiny', labels, labels)).rejects.toThrow(/three-labels should hold images/);
});
