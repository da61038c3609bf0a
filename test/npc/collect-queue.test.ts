import { beforeAll, describe, expect, test } from 'vitest';
import { simclrViews } from '../../src/data/index.js';
import * as engine from '../../src/engine/index.js';
import { embedViews } from '../../src/npc/embed-views.js';
import { collectQueue, statistics } from '../../src/npc/index.js';
import { noise, smallModels } from './noise.js';

beforeAll(async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
});

const data = noise(18);
const settings = { views: simclrViews(), seed: 7 };
const temperature = 0.3;

/** Rows of unit length; one of zeros stays so. */
function unitRows(values: Float32Array, dimension: number): number[][] {
  return Array.from({ length: values.length / dimension }, (_, i) => {
    const row = [...values.subarray(i * dimension, (i + 1) * dimension)];
    return row.map((value) => value / (Math.hypot(...row) || 1));
  });
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

describe('collectQueue', () => {
  test('gives q of every query among the keys of as many images after its chunk', async () => {
    const [query, key] = [smallModels(), smallModels(6)];
    const models = { ...query, keyEncoder: key.encoder, keyProjection: key.projection };
    const options = { queueSizes: [5, 12], chunkSize: 6, temperature, ...settings };
    const rows = await collectQueue(models, data, options);

    const job = { dataset: data, batchSize: 6, epoch: 0, ...settings };
    const { views, dimension } = await embedViews(query, job, { training: true });
    const queries = unitRows(views[0], dimension);
    const keys = unitRows((await embedViews(key, job, { training: false })).views[1], dimension);
    for (const [place, queueSize] of [5, 12].entries()) {
      const expected = queries.map((anchor, i) => {
        const after = 6 * (Math.floor(i / 6) + 1);
        const U = Array.from({ length: queueSize }, (_, n) =>
          Math.exp(dot(anchor, keys[(after + n) % 18]!) / temperature),
        ).reduce((sum, term) => sum + term);
        return U / (Math.exp(dot(anchor, keys[i]!) / temperature) + U);
      });
      const { q, ...row } = rows[place]!;
      for (const [i, value] of expected.entries()) expect(q[i]).toBeCloseTo(value, 5);
      expect(row).toEqual({ data: 'noise', queueSize, temperature, seed: 7, ...statistics(q) });
    }
  });

  test('takes the same models for the keys where it is given none', async () => {
    const models = smallModels();
    const keyed = { ...models, keyEncoder: models.encoder, keyProjection: models.projection };
    const options = { queueSizes: [4], chunkSize: 6, ...settings };
    const [row] = await collectQueue(models, data, options);
    expect(row).toEqual((await collectQueue(keyed, data, options))[0]);
  });

  test('refuses a queue of more images than there are beside a chunk', async () => {
    const refused = collectQueue(smallModels(), data, { queueSizes: [13], chunkSize: 6 });
    await expect(refused).rejects.toThrow(
      'A queue of 13 needs as many other images, but beside a chunk of 6 there are 12.',
    );
  });
});
