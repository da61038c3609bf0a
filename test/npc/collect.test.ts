import * as tf from '@tensorflow/tfjs';
import { from } from 'arquero';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { simclrViews, viewBatches } from '../../src/data/index.js';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { collect, multiplier, statistics } from '../../src/npc/index.js';
import { noise, smallModels } from './noise.js';

beforeAll(async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
});

const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe('collect', () => {
  test('gives at the size of a chunk what training on such batches sees, batch by batch', async () => {
    const [{ encoder, projection }, data] = [smallModels(), noise(18)];
    const views = simclrViews();
    const [row] = await collect({ encoder, projection }, data, {
      batchSizes: [6],
      chunkSize: 6,
      temperature: 0.3,
      seed: 7,
      views,
    });
    const expected: number[] = [];
    for await (const batch of viewBatches({ dataset: data, views, batchSize: 6, seed: 7, epoch: 0 })) {
      const q = tf.tidy(() => {
        const images = tf.concat(batch.views.map((view) => tf.tensor4d(view, [6, 6, 6, 1])));
        const features = encoder.apply(images, { training: true }) as tf.Tensor;
        const embeddings = projection.apply(features, { training: true }) as tf.Tensor2D;
        const [z1, z2] = tf.split(embeddings, 2) as [tf.Tensor2D, tf.Tensor2D];
        return multiplier(z1, z2, { temperature: 0.3 });
      });
      expected.push(...q.dataSync());
    }
    expect(row).toMatchObject({ data: 'noise', batchSize: 6, batches: 3, temperature: 0.3, seed: 7 });
    expect(row!.q).toHaveLength(36);
    for (const [i, value] of expected.entries()) expect(row!.q[i]).toBeCloseTo(value, 5);
    expect(row).toMatchObject(statistics(row!.q));
  });

  test('gives every anchor a larger q in a larger batch, and less variation', async () => {
    const data = noise(64);
    const rows = await collect(smallModels(), data, { batchSizes: [2, 4, 16, 64], temperature: 0.5 });
    const byAnchor = rows.map(({ q, batchSize }) => {
      const anchors = new Map<string, number>();
      for (const [n, value] of q.entries()) {
        const [batch, within] = [Math.floor(n / (2 * batchSize)), n % (2 * batchSize)];
        const image = batch * batchSize + (within % batchSize);
        anchors.set(`${Math.floor(within / batchSize)} ${image}`, value);
      }
      return anchors;
    });
    for (const [smaller, larger] of byAnchor.slice(1).map((after, i) => [byAnchor[i]!, after] as const)) {
      for (const [anchor, q] of smaller) expect(larger.get(anchor)).toBeGreaterThan(q);
    }
    const variations = rows.map(({ variation }) => variation);
    expect(variations).toEqual([...variations].sort((a, b) => b - a));
    expect(rows.at(-1)!.mean).toBeGreaterThan(rows[0]!.mean);
  });

  test('leaves the models as they were, and no tensor behind', async () => {
    const both = smallModels();
    const before = [weightsOf(both.encoder), weightsOf(both.projection)];
    const { numTensors } = tf.memory();
    await collect(both, noise(16), { batchSizes: [4], chunkSize: 8 });
    expect([weightsOf(both.encoder), weightsOf(both.projection)]).toEqual(before);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('compares the features themselves where there is no projection head, and reports its progress', async () => {
    const { encoder, projection } = smallModels();
    const progress: number[][] = [];
    const options = { batchSizes: [8], chunkSize: 8, onProgress: (...args: number[]) => progress.push(args) };
    const [features] = await collect({ encoder }, noise(20), options);
    const [projected] = await collect({ encoder, projection }, noise(20), { batchSizes: [8], chunkSize: 8 });
    const embeddedThenCompared = [
      [8, 16],
      [16, 16],
    ];
    expect(progress).toEqual([...embeddedThenCompared, ...embeddedThenCompared]);
    expect([...features!.q]).not.toEqual([...projected!.q]);
  });

  test('gives rows of a table', async () => {
    const rows = await collect(smallModels(), noise(16), { batchSizes: [4, 8] });
    const table = from(rows);
    expect(table.columnNames()).toEqual(expect.arrayContaining(['batchSize', 'mean', 'variation', 'q']));
    expect(table.array('batchSize')).toEqual([4, 8]);
    expect(table.array('variation')).toEqual(rows.map(({ variation }) => variation));
  });

  test('is compiled once for all chunks and batches of a size', async () => {
    const both = smallModels();
    await collect(both, noise(16), { batchSizes: [4], chunkSize: 8 });
    const { compilations } = engine.statistics();
    await collect(both, noise(48), { batchSizes: [4], chunkSize: 8 });
    expect(engine.statistics().compilations).toBe(compilations);
  });

  it.each([
    [{ batchSizes: [1] }, 'A batch size is 1; it must be a whole number from 2 to 16'],
    [{ batchSizes: [4, 17] }, 'A batch size is 17'],
    [{ batchSizes: [4], chunkSize: 17 }, 'chunkSize is 17'],
    [{ batchSizes: [4], chunkSize: 1 }, 'chunkSize is 1'],
    [{ batchSizes: [4], temperature: 0 }, 'temperature is 0'],
    [{ batchSizes: [4], seed: -1 }, 'seed is -1'],
  ])('refuses %j', async (options, message) => {
    const refused = collect(smallModels(), noise(16), options);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });

  it('refuses an encoder that has diverged, and leaves no tensor behind', async () => {
    const { encoder } = smallModels();
    tf.tidy(() =>
      encoder.setWeights(encoder.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN))),
    );
    const before = tf.memory().numTensors;
    await expect(collect({ encoder }, noise(4), { batchSizes: [2] })).rejects.toThrow(
      `The encoder ${encoder.name} gives NaN for image`,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
