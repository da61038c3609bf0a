import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeFile } from '../../src/data/decode-image.js';
import {
  augmentedBatches,
  type SkippedImage,
  simclrViews,
  streamed,
  subset,
  supervisedViews,
  viewBatches,
} from '../../src/data/index.js';
import { makeViewsOfImage, reductionFor } from '../../src/data/view.js';
import { InputError } from '../../src/errors.js';
import { fileSource, numberedJpeg } from './file-source.js';

let files: Uint8Array[];
beforeAll(async () => {
  files = await Promise.all(Array.from({ length: 8 }, (_, number) => numberedJpeg(number)));
});

const noImage = new TextEncoder().encode('no image at all');
const small = { size: 14, resize: 16, threads: 2 } as const;

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const gathered: Item[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}

describe('streamed', () => {
  test('gives crops of its size in the order asked for', async () => {
    const dataset = streamed(fileSource(files), small);
    expect(dataset.shape).toEqual([14, 14, 3]);
    const pixels = await dataset.read([5, 0, 5]);
    const crops = [0, 1, 2].map((i) => pixels.slice(i * 588, (i + 1) * 588));
    expect(crops[2]).toEqual(crops[0]);
    expect(Math.abs(crops[0]![2]! - 100)).toBeLessThan(4);
    expect(crops[1]![2]!).toBeLessThan(4);
  });

  test('lets the next readable image of the class take the place of one that is not', async () => {
    const cut = files[2]!.slice(0, files[2]!.length - 50);
    const source = fileSource([files[0]!, noImage, cut, files[3]!, files[4]!, noImage], [0, 0, 1, 1, 0, 1]);
    const told: SkippedImage[] = [];
    const dataset = streamed(source, { ...small, maxSkipped: 0.5, onSkip: (image) => told.push(image) });
    const crop = async (index: number) => [...(await dataset.read([index]))];
    expect(await crop(1)).toEqual(await crop(4));
    expect(await crop(2)).toEqual(await crop(3));
    expect(await crop(5)).toEqual(await crop(3));
    expect(dataset.skipped.map(({ path }) => path)).toEqual(['place 1', 'place 2', 'place 5']);
    expect(told).toEqual(dataset.skipped);
    // Each is tried once.
    expect([1, 2, 5].map((index) => source.reads.filter((read) => read === index).length)).toEqual([1, 1, 1]);
  });

  test('gives up beyond maxSkipped, at the first if strict, and for a class without a readable image', async () => {
    const mixed = [noImage, files[1]!, noImage, files[3]!];
    await expect(streamed(fileSource(mixed), small).read([0, 1, 2, 3])).rejects.toThrow(
      /files: 2 of 4 images cannot be read, more than the 1 that may be skipped \(maxSkipped\): place 0: .*; place 2: /,
    );
    await expect(streamed(fileSource(mixed), { ...small, strict: true }).read([2])).rejects.toThrow(
      InputError,
    );
    const lost = streamed(fileSource(mixed, [0, 1, 0, 1]), { ...small, maxSkipped: 1 });
    await expect(lost.read([2])).rejects.toThrow('none of the images of class cat can be read: place 0: ');
  });

  test('refuses options out of range and indices that are none', async () => {
    const source = fileSource(files);
    expect(() => streamed(source, { size: 0 })).toThrow('size is 0');
    expect(() => streamed(source, { size: 20, resize: 19 })).toThrow('resize is 19');
    expect(() => streamed(source, { maxSkipped: 1.5 })).toThrow('maxSkipped is 1.5');
    expect(() => streamed(source, { threads: 0 })).toThrow('threads is 0');
    await expect(streamed(source, small).read([8])).rejects.toThrow('there is no image 8');
  });
});

describe('views of files', () => {
  const drawing = { views: simclrViews(), batchSize: 4, seed: 3, epoch: 1 };

  test('depend on seed, epoch, index and view alone', async () => {
    const dataset = streamed(fileSource(files), small);
    const viewOf = async (batchSize: number, threads: number) => {
      const views = new Map<number, number[][]>();
      for (const batch of await all(viewBatches({ ...drawing, dataset, batchSize, threads }))) {
        for (const [i, index] of batch.indices.entries()) {
          views.set(
            index,
            batch.views.map((view) => [...view.slice(i * 588, (i + 1) * 588)]),
          );
        }
      }
      return views;
    };
    const [once, again] = [await viewOf(2, 1), await viewOf(8, 2)];
    expect(once.size).toBe(8);
    for (const [index, views] of once) expect(again.get(index)).toEqual(views);
  });

  test('are drawn of a subset by its own indices, and singly as the first of a pair', async () => {
    const dataset = subset(streamed(fileSource(files), small), [6, 1, 3]);
    const [pair] = await all(viewBatches({ ...drawing, dataset, batchSize: 3 }));
    const [single] = await all(augmentedBatches({ ...drawing, dataset, batchSize: 3 }));
    expect(single!.indices).toEqual(pair!.indices);
    expect(single!.inputs).toEqual(pair!.views[0]);
    const plain = { ...supervisedViews(), cropScale: [1, 1], flipProbability: 0 } as const;
    const [batch] = await all(augmentedBatches({ ...drawing, dataset, views: plain, batchSize: 3 }));
    for (const [i, index] of batch!.indices.entries()) {
      expect(Math.abs(255 * batch!.inputs[i * 588 + 2]! - 20 * [6, 1, 3][index]!)).toBeLessThan(4);
    }
  });

  test('are no longer made once their loop is left or an image fails', async () => {
    const many = Array.from({ length: 60 }, (_, i) => files[i % 8]!);
    const source = fileSource(many);
    for await (const _ of viewBatches({ ...drawing, dataset: streamed(source, small), batchSize: 20 })) break;
    const failing = fileSource([noImage, ...many.slice(1)]);
    const strict = streamed(failing, { ...small, strict: true });
    await expect(all(viewBatches({ ...drawing, dataset: strict, batchSize: 60 }))).rejects.toThrow(
      'files: 1 of 60 images cannot be read',
    );
    await new Promise((done) => setTimeout(done, 300));
    expect(source.reads.length).toBeLessThan(60);
    expect(failing.reads.length).toBeLessThan(60);
  });

  test('are cut out of the image in its own size', async () => {
    const whole = { cropScale: [1, 1], cropRatio: [64 / 48, 64 / 48], flipProbability: 0 } as const;
    const views = { ...supervisedViews(), ...whole };
    const dataset = streamed(fileSource(files), { ...small, size: 16 });
    const [batch] = await all(augmentedBatches({ ...drawing, dataset, views, batchSize: 8 }));
    // Red grows from left to right over the whole width, of which the evaluation crop shows three quarters.
    const [left, right] = [batch!.inputs[0]!, batch!.inputs[45]!];
    expect(right - left).toBeCloseTo(15 / 16, 1);
    const crop = await dataset.read([0]);
    expect((crop[45]! - crop[0]!) / 255).toBeCloseTo((0.75 * 15) / 16, 1);
  });

  test('are nearly the same where a large photograph is decoded smaller, which happens', async () => {
    const photograph = await sharp({
      create: {
        width: 1600,
        height: 1200,
        channels: 3,
        background: 'gray',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg({ quality: 90 })
      .toBuffer();
    const job = { shape: [64, 64, 3] as const, index: 0, seed: 1, epoch: 0, kind: 'pair' as const };
    const settings = simclrViews({ cropScale: [0.6, 1], jitterProbability: 0 });
    const decoded = await decodeFile(photograph, 3, (size) => reductionFor(size, { ...job, settings }));
    const full = await decodeFile(photograph, 3);
    expect(decoded.original).toEqual(full.size);
    expect(decoded.size[0]).toBeLessThan(500);
    const [near, exact] = [decoded, full].map((image) => makeViewsOfImage(image, { ...job, settings }));
    const differences = exact!.map((value, i) => 255 * Math.abs(value - near![i]!));
    expect(differences.reduce((sum, difference) => sum + difference) / differences.length).toBeLessThan(1);
  });
});
