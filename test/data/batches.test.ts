import { expect, test } from 'vitest';
import { batches, inMemory, stepsPerEpoch, toInput } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

const dataset = inMemory({
  name: 'five',
  shape: [1, 2, 1],
  classes: ['only'],
  labels: new Int32Array(5),
  pixels: Uint8Array.from({ length: 10 }, (_, i) => 25 * i),
});

test('batches give every image once in order, the last batch with what is left', async () => {
  const seen: number[][] = [];
  for await (const { indices, inputs } of batches(dataset, 2)) {
    seen.push([...indices]);
    expect(inputs).toEqual(toInput(await dataset.read(indices)));
  }
  expect(seen).toEqual([[0, 1], [2, 3], [4]]);
});

test('batches of a range give its images alone, by their place in the data set', async () => {
  const seen: number[][] = [];
  for await (const { indices, inputs } of batches(dataset, 2, [1, 4])) {
    seen.push([...indices]);
    expect(inputs).toEqual(toInput(await dataset.read(indices)));
  }
  expect(seen).toEqual([[1, 2], [3]]);
});

test('batches refuse a size that is no whole number above 0', () => {
  for (const size of [0, -1, 1.5]) expect(() => batches(dataset, size)).toThrow(InputError);
});

test('toInput brings 0 to 0, 255 to 1 and everything between in proportion', () => {
  expect(toInput(Uint8Array.of(0, 51, 255))).toEqual(Float32Array.of(0, 0.2, 1));
});

test('stepsPerEpoch counts complete batches', () => {
  expect([2, 3, 5].map((size) => stepsPerEpoch(dataset, size))).toEqual([2, 1, 1]);
  expect(() => stepsPerEpoch(dataset, 6)).toThrow('A batch of 6 does not fit five, which has 5 images');
  expect(() => stepsPerEpoch(dataset, 1)).toThrow('batchSize is 1; it must be a whole number of at least 2');
});

test('inMemory refuses pixels, labels and indices that do not fit', async () => {
  const options = {
    name: 'odd',
    shape: [1, 1, 3] as const,
    classes: ['a'],
    labels: Int32Array.of(0),
    pixels: new Uint8Array(3),
  };
  expect(() => inMemory({ ...options, pixels: new Uint8Array(4) })).toThrow(
    'odd: 1 images of 1x1x3 need 3 pixel values, not 4',
  );
  expect(() => inMemory({ ...options, labels: Int32Array.of(1) })).toThrow(
    'label 1 names none of the 1 classes',
  );
  await expect(inMemory(options).read([0, 1])).rejects.toThrow('odd has images 0 to 0; there is no image 1');
});
