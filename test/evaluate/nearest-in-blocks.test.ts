import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { use } from '../../src/engine/index.js';
import type { Embeddings } from '../../src/evaluate/index.js';
import { nearestInBlocks } from '../../src/evaluate/nearest-neighbours.js';
import { engines } from '../engines.js';
import { embeddings } from './embeddings.js';

/** Every query against every row of the memory, sorted whole; of equals the earlier row first. */
function naive(memory: Embeddings, queries: Embeddings, k: number) {
  const row = ({ features, dimension }: Embeddings, i: number) => [
    ...features.subarray(i * dimension, (i + 1) * dimension),
  ];
  return Array.from({ length: queries.count }, (_, q) => {
    const query = row(queries, q);
    return Array.from({ length: memory.count }, (_unused, index) => ({
      index,
      similarity: row(memory, index).reduce((sum, value, i) => sum + value * query[i]!, 0) / 16,
    }))
      .sort((a, b) => b.similarity - a.similarity || a.index - b.index)
      .slice(0, k);
  }).flat();
}

/** Sixteen signs: of length 4 exactly, so that every cosine is a multiple of 1/8 and ties are everywhere. */
const signs = fc.array(fc.constantFrom(-1, 1), { minLength: 16, maxLength: 16 });
const sets = (most: number) =>
  fc.array(signs, { minLength: 1, maxLength: most }).map((rows) =>
    embeddings(
      rows,
      rows.map(() => 0),
    ),
  );

describe.each(engines)('nearest neighbours in blocks on %s', (name) => {
  beforeAll(async () => {
    await use({ name });
  });

  test('are those of the definition, ties included, whatever the sizes of the blocks', async () => {
    const size = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(sets(20), sets(5), size, size, size, async (memory, queries, k, rows, asked) => {
        const found: { index: number; similarity: number }[] = [];
        const blocks = { memory: rows, queries: asked };
        for await (const block of nearestInBlocks(memory, queries, { k, blocks })) {
          expect(block.start * block.k).toBe(found.length);
          for (const [i, index] of block.indices.entries()) {
            found.push({ index, similarity: block.similarities[i]! });
          }
        }
        expect(found).toEqual(naive(memory, queries, k));
      }),
      { numRuns: 40 },
    );
  });

  test('tell how far they are, and leave no tensors behind, also where the reader leaves', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => [1, i]);
    const set = embeddings(
      rows,
      rows.map(() => 0),
    );
    const before = tf.memory().numTensors;
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const blocks = { memory: 4, queries: 5 };
    for await (const { start } of nearestInBlocks(set, set, { k: 3, blocks, onProgress })) {
      expect(start).toBe(0);
      break;
    }
    expect(progress).toEqual([
      [20, 100],
      [40, 100],
      [50, 100],
    ]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
