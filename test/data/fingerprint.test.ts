import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/data/fingerprint.js';
import { type Dataset, inMemory, subset } from '../../src/data/index.js';

/** 300 images of 2 x 2 pixels in classes that follow one another, as folders give them. */
function images(first = 0): Dataset {
  return inMemory({
    name: 'images train',
    shape: [2, 2, 1],
    classes: ['a', 'b', 'c'],
    labels: Int32Array.from({ length: 300 }, (_, i) => Math.floor(i / 100)),
    pixels: Uint8Array.from({ length: 1200 }, (_, i) => ((i + first) * 7919) % 251),
  });
}

describe('fingerprint', () => {
  test('is the same for the same images, read anew', async () => {
    expect(await fingerprint(images())).toBe(await fingerprint(images()));
    const half = () => subset(images(), 150, { seed: 1 });
    expect(await fingerprint(half())).toBe(await fingerprint(half()));
  });

  test('differs for other images of the same name, number, size and labels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 250 }), async (first) => {
        expect(await fingerprint(images(first))).not.toBe(await fingerprint(images()));
      }),
      { numRuns: 20 },
    );
  });

  test('differs for subsets that only their seed tells apart', async () => {
    const [first, second] = [1, 2].map((seed) => subset(images(), 150, { seed }));
    expect(second!.labels).toEqual(first!.labels);
    expect(await fingerprint(second!)).not.toBe(await fingerprint(first!));
  });

  test('differs for other labels and for other classes', async () => {
    const [dataset, all] = [images(), await fingerprint(images())];
    const labels = dataset.labels.with(250, 0);
    expect(await fingerprint({ ...dataset, labels })).not.toBe(all);
    expect(await fingerprint({ ...dataset, classes: ['a', 'c', 'b'] })).not.toBe(all);
  });

  test('reads few images of many', async () => {
    let read = 0;
    const dataset = images();
    const counted: Dataset = {
      ...dataset,
      read: (indices) => {
        read += indices.length;
        return dataset.read(indices);
      },
    };
    await fingerprint(counted);
    expect(read).toBe(64);
  });
});
