import { beforeAll, expect, test } from 'vitest';
import { nearestNeighbours } from '../../src/evaluate/index.js';
import { useAnyEngine } from '../engines.js';
import { embeddings } from './embeddings.js';

beforeAll(useAnyEngine);

const memory = embeddings(
  [
    [2, 0],
    [1, 1],
    [0, 3],
  ],
  [0, 1, 2],
);

test('the nearest neighbours are those of the largest cosine, whatever the lengths, the nearest first', async () => {
  const queries = embeddings(
    [
      [5, 1],
      [0, 0.1],
    ],
    [0, 0],
  );
  const { k, indices, similarities } = await nearestNeighbours(memory, queries, { k: 2 });
  expect(k).toBe(2);
  expect([...indices]).toEqual([0, 1, 2, 1]);
  const expected = [5 / Math.sqrt(26), 6 / Math.sqrt(52), 1, Math.SQRT1_2];
  for (const [i, cosine] of expected.entries()) expect(similarities[i]).toBeCloseTo(cosine, 5);
});

test('all of the memory are the neighbours where it has fewer, also for more queries than one block', async () => {
  const many = Array.from({ length: 300 }, (_, i) => [Math.cos(i), Math.sin(i)]);
  const queries = embeddings(
    many,
    many.map(() => 0),
  );
  const { k, indices } = await nearestNeighbours(memory, queries, { k: 9 });
  expect(k).toBe(3);
  expect(indices).toHaveLength(900);
  const angles = [0, Math.PI / 4, Math.PI / 2];
  const nearest = (i: number) => {
    const cosines = angles.map((angle) => Math.cos(i - angle));
    return cosines.indexOf(Math.max(...cosines));
  };
  expect(many.map((_, i) => indices[3 * i])).toEqual(many.map((_, i) => nearest(i)));
});

test('a k below 1 is refused', async () => {
  await expect(nearestNeighbours(memory, memory, { k: 0 })).rejects.toThrow('k is 0');
});
