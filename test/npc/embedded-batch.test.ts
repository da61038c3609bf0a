import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inMemory, simclrViews, viewBatches } from '../../src/data/index.js';
import { normalise } from '../../src/losses/index.js';
import { projectionHead, resnet8 } from '../../src/models/index.js';
import { embeddedBatch } from '../../src/npc/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

const data = inMemory({
  name: 'noise',
  pixels: Uint8Array.from({ length: 5 * 108 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) % 256),
  shape: [6, 6, 3],
  labels: Int32Array.of(0, 1, 1, 0, 1),
  classes: ['cat', 'dog'],
});

function models() {
  const encoder = resnet8({ width: 2, inputShape: [6, 6, 3], seed: 5 });
  const inputFeatures = encoder.outputShape[1] as number;
  return { encoder, projection: projectionHead({ inputFeatures, outputFeatures: 3, seed: 1 }) };
}

describe('embeddedBatch', () => {
  test('gives view 1 of each image, then view 2 in the same order, with its class', async () => {
    const rows = await embeddedBatch(models(), data, { seed: 3 });
    expect(rows.map(({ view }) => view)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    const images = rows.map(({ image }) => image);
    expect(images.slice(5)).toEqual(images.slice(0, 5));
    expect([...images.slice(0, 5)].sort()).toEqual([0, 1, 2, 3, 4]);
    for (const { image, label } of rows) expect(label).toBe(['cat', 'dog', 'dog', 'cat', 'dog'][image]);
  });

  test('gives the pixels of the views that training draws, and the unit embeddings of inference', async () => {
    const { encoder, projection } = models();
    const views = simclrViews({ flipProbability: 1 });
    const rows = await embeddedBatch({ encoder, projection }, data, { seed: 3, views });
    const job = { dataset: data, views, batchSize: 5, seed: 3, epoch: 0 };
    const expected: { pixels: number[]; embedding: number[] }[] = [];
    for await (const batch of viewBatches(job)) {
      for (const view of batch.views) {
        const images = tf.tensor4d(view, [5, 6, 6, 3]);
        const z = normalise(projection.predict(encoder.predict(images) as tf.Tensor) as tf.Tensor2D);
        const embeddings = z.arraySync();
        for (let i = 0; i < 5; i++) {
          const pixels = Array.from(view.subarray(i * 108, (i + 1) * 108), (value) =>
            Math.round(255 * value),
          );
          expected.push({ pixels, embedding: embeddings[i]! });
        }
      }
    }
    for (const [i, { pixels, embedding, shape }] of rows.entries()) {
      expect([...pixels]).toEqual(expected[i]!.pixels);
      expect(shape).toEqual([6, 6, 3]);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      for (const [d, value] of embedding.entries()) expect(value).toBeCloseTo(expected[i]!.embedding[d]!, 5);
    }
  });

  test('embeds by the encoder alone where there is no projection head, and leaves no tensor behind', async () => {
    const { encoder } = models();
    await embeddedBatch({ encoder }, data);
    const { numTensors } = tf.memory();
    const [row] = await embeddedBatch({ encoder }, data);
    expect(row!.embedding).toHaveLength(encoder.outputShape[1] as number);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
