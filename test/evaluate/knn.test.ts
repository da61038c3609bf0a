import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Embeddings, knn } from '../../src/evaluate/index.js';
import { useAnyEngine } from '../engines.js';
import { embeddings } from './embeddings.js';

beforeAll(useAnyEngine);

/** The definition, one query at a time in float64. */
function naivePredictions(memory: Embeddings, queries: Embeddings, k: number, temperature: number): number[] {
  const row = ({ features, dimension }: Embeddings, i: number) => [
    ...features.subarray(i * dimension, (i + 1) * dimension),
  ];
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return Array.from({ length: queries.count }, (_, q) => {
    const nearest = Array.from({ length: memory.count }, (_, m) => ({
      label: memory.labels[m]!,
      similarity: cosine(row(queries, q), row(memory, m)),
    }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k);
    const votes = memory.classes.map((_, c) =>
      nearest
        .filter(({ label }) => label === c)
        .reduce((sum, { similarity }) => sum + Math.exp((similarity - 1) / temperature), 0),
    );
    return votes.indexOf(Math.max(...votes));
  });
}

describe('knn', () => {
  test('predicts what the definition predicts', async () => {
    const value = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 100 + 0.001);
    const labelled = (count: number) =>
      fc.tuple(
        fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { minLength: count, maxLength: count }),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count }),
      );
    await fc.assert(
      fc.asyncProperty(
        labelled(20),
        labelled(4),
        fc.integer({ min: 1, max: 19 }),
        async (memory, queries, k) => {
          const [bank, asked] = [embeddings(...memory), embeddings(...queries)];
          const { predictions } = await knn(bank, asked, { k });
          expect([...predictions]).toEqual(naivePredictions(bank, asked, k, 0.1));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('weighs near neighbours more than many far ones', async () => {
    const memory = embeddings(
      [
        [1, 0],
        [0.2, 1],
        [0.2, 1],
        [0.2, 1],
      ],
      [0, 1, 1, 1],
    );
    const query = embeddings([[1, 0.05]], [0]);
    expect((await knn(memory, query, { k: 4, temperature: 0.1 })).top1).toBe(1);
    expect((await knn(memory, query, { k: 4, temperature: 10 })).top1).toBe(0);
  });

  test.each([0.01, 1e-4])('votes as the definition says at a temperature of %d', async (temperature) => {
    const angles = (count: number, step: number) =>
      Array.from({ length: count }, (_, i) => [Math.cos(i * step), Math.sin(i * step)]);
    const labels = (count: number) => Array.from({ length: count }, (_, i) => (i * 7) % 3);
    const [memory, queries] = [
      embeddings(angles(30, 0.2), labels(30)),
      embeddings(angles(20, 0.313), labels(20)),
    ];
    const { predictions } = await knn(memory, queries, { k: 10, temperature });
    expect([...predictions]).toEqual(naivePredictions(memory, queries, 10, temperature));
    expect(new Set(predictions).size).toBe(3);
  });

  test('refuses embeddings that are not finite', async () => {
    const [good, bad] = [embeddings([[1, 0]], [0]), embeddings([[1, Number.NaN]], [0])];
    await expect(knn(good, bad)).rejects.toThrow('Row 0 of by hand holds NaN');
    await expect(knn(bad, good)).rejects.toThrow('Row 0 of by hand holds NaN');
  });

  test('does not depend on the length of the vectors', async () => {
    const memory = embeddings(
      [
        [100, 0],
        [0, 0.001],
      ],
      [0, 1],
    );
    const { predictions } = await knn(
      memory,
      embeddings(
        [
          [0.01, 0.001],
          [1, 30],
        ],
        [0, 1],
      ),
    );
    expect([...predictions]).toEqual([0, 1]);
  });

  test('refuses embeddings of different encoders or classes, and a k or temperature that means nothing', async () => {
    const memory = embeddings([[1, 0]], [0]);
    await expect(knn(memory, embeddings([[1]], [0]))).rejects.toThrow('2 features');
    await expect(knn(memory, embeddings([[1, 0]], [0], ['x']))).rejects.toThrow('different classes');
    await expect(knn(memory, memory, { k: 0 })).rejects.toThrow('k is 0');
    await expect(knn(memory, memory, { temperature: -1 })).rejects.toThrow('temperature is -1');
  });

  test('leaves no tensors behind', async () => {
    const memory = embeddings(
      [
        [1, 0],
        [0, 1],
      ],
      [0, 1],
    );
    const before = tf.memory().numTensors;
    await knn(memory, memory);
    expect(tf.memory().numTensors).toBe(before);
  });
});
