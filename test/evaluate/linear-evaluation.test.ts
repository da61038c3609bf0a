import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { linearEvaluation } from '../../src/evaluate/index.js';
import { embeddings } from './embeddings.js';

beforeAll(() => tf.setBackend('cpu'));

/** Three clusters on a line far from the origin, where an unscaled classifier would struggle. */
function clusters(offset: number) {
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  return embeddings(
    labels.map((label, i) => [1000 + label + offset + 0.01 * (i % 7), 1000 + (label === 1 ? 1 : 0), 5]),
    labels,
  );
}

describe('linearEvaluation', () => {
  test('separates what a line can separate, whatever the features scale', async () => {
    const losses: number[] = [];
    const result = await linearEvaluation(clusters(0), clusters(0.05), {
      epochs: 30,
      batchSize: 10,
      learningRate: 0.5,
      onEpoch: (_epoch, _epochs, loss) => losses.push(loss),
    });
    expect(result).toMatchObject({ top1: 1, trainTop1: 1, top5: 1 });
    expect(losses).toHaveLength(30);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 5);
  });

  test('begins at the cross-entropy of knowing nothing', async () => {
    const losses: number[] = [];
    await linearEvaluation(clusters(0), clusters(0), {
      epochs: 1,
      learningRate: 1e-9,
      onEpoch: (_epoch, _epochs, loss) => losses.push(loss),
    });
    expect(losses).toEqual([expect.closeTo(Math.log(3), 5)]);
  });

  test('gives the same result for the same seed', async () => {
    const run = () => linearEvaluation(clusters(0), clusters(0.4), { epochs: 2, batchSize: 7, seed: 3 });
    expect(await run()).toEqual(await run());
  });

  test('refuses options that mean nothing and leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await expect(linearEvaluation(clusters(0), clusters(0), { epochs: 0 })).rejects.toThrow('epochs is 0');
    await expect(linearEvaluation(clusters(0), clusters(0), { learningRate: NaN })).rejects.toThrow('NaN');
    await linearEvaluation(clusters(0), clusters(0), { epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
