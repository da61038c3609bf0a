import { describe, expect, test } from 'vitest';
import { simclrViews, type ViewBatchesOptions, viewBatches } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';
import { chunkedBatches, requireChunks } from '../../src/train/chunked-batches.js';
import { smallData } from './small-run.js';

const options: ViewBatchesOptions = {
  dataset: smallData(),
  views: simclrViews(),
  batchSize: 4,
  seed: 3,
  epoch: 2,
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('chunkedBatches', () => {
  test.each([0, 1, 3])('are the images and views of whole batches, from step %i on', async (firstStep) => {
    const whole = await all(viewBatches({ ...options, firstStep }));
    const chunked = [...chunkedBatches({ ...options, firstStep }, 2)];
    expect(chunked.map(({ step, indices }) => ({ step, indices }))).toEqual(
      whole.map(({ step, indices }) => ({ step, indices })),
    );
    for (const [n, batch] of chunked.entries()) {
      const chunks = await all(batch.chunks());
      expect(chunks).toHaveLength(2);
      for (const k of [0, 1] as const) {
        expect(chunks.flatMap(({ views }) => [...views[k]])).toEqual([...whole[n]!.views[k]]);
      }
    }
  });

  test('draws the same views again', async () => {
    const [batch] = chunkedBatches(options, 2);
    expect(await all(batch!.chunks())).toEqual(await all(batch!.chunks()));
  });

  test('leaves out the incomplete batch', () => {
    expect([...chunkedBatches({ ...options, batchSize: 8 }, 4)]).toHaveLength(1);
  });
});

test.each([
  [8, 3, 'chunkSize is 3, of which a batch of 8 is no multiple'],
  [8, 1, 'chunkSize is 1; it must be a whole number from 2 to 8'],
  [8, 16, 'chunkSize is 16'],
  [8, 2.5, 'chunkSize is 2.5'],
])('a batch of %d in chunks of %d is refused', (batchSize, chunkSize, message) => {
  expect(() => requireChunks(batchSize, chunkSize)).toThrow(InputError);
  expect(() => requireChunks(batchSize, chunkSize)).toThrow(message);
});
