import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { epochOrder } from '../../src/data/index.js';
import { embed, extractFeatures, knn, linearEvaluation } from '../../src/evaluate/index.js';
import { useAnyEngine } from '../engines.js';
import { embeddings } from './embeddings.js';
import { grayEncoder, graySteps } from './gray-steps.js';
import { temporaryFolder } from './temporary-folder.js';

beforeAll(useAnyEngine);
const folder = temporaryFolder();

/** Three clusters on a line far from the origin, where an unscaled classifier would struggle. */
function clusters(offset: number) {
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  return embeddings(
    labels.map((label, i) => [1000 + label + offset + 0.01 * (i % 7), 1000 + (label === 1 ? 1 : 0), 5]),
    labels,
  );
}

/** Mean losses of 3 epochs of logistic regression on one feature, a row at a time, in batches of 4. */
function naiveLosses(features: readonly number[], labels: readonly number[]): number[] {
  const count = features.length;
  const mean = features.reduce((sum, x) => sum + x, 0) / count;
  const deviation = Math.sqrt(features.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count);
  const weights = [0, 0, 0, 0];
  const velocities = [0, 0, 0, 0];
  const steps = 3 * Math.ceil(count / 4);
  let step = 0;
  return [0, 1, 2].map((epoch) => {
    const order = [...epochOrder(count, 2, epoch)];
    let total = 0;
    for (let start = 0; start < count; start += 4) {
      const rows = order.slice(start, start + 4);
      const gradient = [0, 0, 0, 0];
      for (const row of rows) {
        const x = (features[row]! - mean) / deviation;
        const exponentials = [0, 1].map((c) => Math.exp(weights[c]! * x + weights[2 + c]!));
        const sum = exponentials[0]! + exponentials[1]!;
        total -= Math.log(exponentials[labels[row]!]! / sum);
        for (const c of [0, 1]) {
          const error = (exponentials[c]! / sum - (labels[row] === c ? 1 : 0)) / rows.length;
          gradient[c]! += error * x;
          gradient[2 + c]! += error;
        }
      }
      const rate = (0.5 * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      for (const i of weights.keys()) {
        velocities[i] = 0.9 * velocities[i]! + gradient[i]!;
        weights[i]! -= rate * velocities[i]!;
      }
      step += 1;
    }
    return total / count;
  });
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

  test.each([3, 11, 12, 32, 43, 64])(
    'follows SGD with momentum over every one of %d rows, those that fill no batch included',
    async (count) => {
      const labels = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : 0));
      const features = labels.map((label, i) => label + 0.3 * Math.sin(i));
      const set = embeddings(
        features.map((value) => [value]),
        labels,
        ['a', 'b'],
      );
      const losses: number[] = [];
      const onEpoch = (_epoch: number, _epochs: number, loss: number) => losses.push(loss);
      await linearEvaluation(set, set, { epochs: 3, batchSize: 4, learningRate: 0.5, seed: 2, onEpoch });
      expect(losses).toEqual(naiveLosses(features, labels).map((loss) => expect.closeTo(loss, 5)));
    },
  );

  test('gives the same result for the same seed', async () => {
    const run = () => linearEvaluation(clusters(0), clusters(0.4), { epochs: 2, batchSize: 7, seed: 3 });
    expect(await run()).toEqual(await run());
  });

  test('converges to the class frequencies of each group, where that is all a linear layer can know', async () => {
    // Of group 0 one in four is of class b, of group 1 three in four, of group 2 all are of class c.
    const groups = Array.from({ length: 48 }, (_, i) => i % 3);
    const labels = groups.map((group, i) =>
      group === 2 ? 2 : Number(Math.floor(i / 3) % 4 < 1 + 2 * group),
    );
    const set = embeddings(
      groups.map((group) => [0, 1, 2].map((g) => Number(g === group))),
      labels,
    );
    const result = await linearEvaluation(set, set, {
      epochs: 1500,
      batchSize: 48,
      learningRate: 3,
      standardise: false,
    });
    expect(result).toMatchObject({ top1: (12 + 12 + 16) / 48, trainTop1: 40 / 48 });
    for (const [i, group] of groups.entries()) {
      const predicted = group === 2 ? 1 : 0.75;
      expect(result.confidences[i]).toBeCloseTo(predicted, 2);
      const own = group === 2 ? 1 : labels[i] === group ? 0.75 : 0.25;
      expect(result.logLikelihoods[i]).toBeCloseTo(Math.log(own), 2);
    }
  });

  test('gives features on disk the very same result as in memory', async () => {
    const [encoder, data] = [grayEncoder(1, -2, 0.5), graySteps(50)];
    const options = { epochs: 3, batchSize: 8, learningRate: 0.5 };
    const inMemory = await embed(encoder, data);
    const stored = await extractFeatures(encoder, data, folder(), { shardRows: 7 });
    const expected = await linearEvaluation(inMemory, inMemory, options);
    expect(await linearEvaluation(stored, stored, options)).toEqual(expected);
    expect(await linearEvaluation(stored, inMemory, options)).toEqual(expected);
    expect(await knn(stored, stored, { k: 5 })).toEqual(await knn(inMemory, inMemory, { k: 5 }));
    await stored.close();
  });

  test('refuses options that mean nothing and leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await expect(linearEvaluation(clusters(0), clusters(0), { epochs: 0 })).rejects.toThrow('epochs is 0');
    await expect(linearEvaluation(clusters(0), clusters(0), { learningRate: NaN })).rejects.toThrow('NaN');
    await linearEvaluation(clusters(0), clusters(0), { epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
