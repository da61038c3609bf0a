import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dataset, inMemory, subset } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

/** One-pixel images whose pixel is their index. */
function labelled(labels: readonly number[]): Dataset {
  return inMemory({
    name: 'pixels',
    shape: [1, 1, 1],
    classes: ['a', 'b', 'c'],
    labels: Int32Array.from(labels),
    pixels: Uint8Array.from(labels.keys()),
  });
}

async function indicesOf(dataset: Dataset): Promise<number[]> {
  return [...(await dataset.read(Array.from({ length: dataset.length }, (_, i) => i)))];
}

describe('subset of a count', () => {
  test('takes classes evenly, as far as they go, each image once, in order and with its label', async () => {
    const labels = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(labels, fc.nat(), fc.nat(), async (all, wanted, seed) => {
        const count = 1 + (wanted % all.length);
        const part = subset(labelled(all), count, { seed });
        const indices = await indicesOf(part);
        expect(indices.length).toBe(count);
        expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
        expect([...part.labels]).toEqual(indices.map((index) => all[index]));
        const taken = [0, 1, 2].map((label) => indices.filter((index) => all[index] === label).length);
        for (const [label, number] of taken.entries()) {
          const available = all.filter((other) => other === label).length;
          expect(number === available || number >= Math.max(...taken) - 1).toBe(true);
        }
      }),
    );
  });

  test('depends on the seed alone', async () => {
    const dataset = labelled(Array.from({ length: 60 }, (_, i) => i % 3));
    const first = await indicesOf(subset(dataset, 12, { seed: 3 }));
    expect(await indicesOf(subset(dataset, 12, { seed: 3 }))).toEqual(first);
    expect(await indicesOf(subset(dataset, 12, { seed: 4 }))).not.toEqual(first);
    expect(await indicesOf(subset(dataset, 12))).toEqual(await indicesOf(subset(dataset, 12, { seed: 0 })));
  });

  test('says what it is part of, and refuses more than there is', () => {
    const dataset = labelled([0, 1, 2]);
    expect(subset(dataset, 2).name).toBe('pixels (2 of 3)');
    for (const count of [0, 4, 1.5]) {
      expect(() => subset(dataset, count)).toThrow(InputError);
      expect(() => subset(dataset, count)).toThrow(`from 1 to 3, not ${count}`);
    }
  });
});

describe('subset of indices', () => {
  test('takes exactly those, in that order', async () => {
    const part = subset(labelled([0, 1, 2, 0]), [3, 1, 1]);
    expect(await indicesOf(part)).toEqual([3, 1, 1]);
    expect(part.labels).toEqual(Int32Array.of(0, 1, 1));
    expect(part.classes).toEqual(['a', 'b', 'c']);
  });

  test('refuses images that do not exist, when made and when read', async () => {
    expect(() => subset(labelled([0, 1]), [2])).toThrow('pixels has images 0 to 1; there is no image 2');
    await expect(subset(labelled([0, 1]), [0]).read([1])).rejects.toThrow(InputError);
  });
});
