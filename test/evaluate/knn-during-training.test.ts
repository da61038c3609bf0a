import { beforeAll, expect, test, vi } from 'vitest';
import { subset } from '../../src/data/index.js';
import { embed, knn, knnDuringTraining } from '../../src/evaluate/index.js';
import { useAnyEngine } from '../engines.js';
import { grayEncoder, graySteps } from './gray-steps.js';

beforeAll(useAnyEngine);
const encoder = grayEncoder(1, -2, 0.5);
const [memory, queries] = [graySteps(31), graySteps(17)];
const place = { epoch: 1, signal: new AbortController().signal };

test('is kNN of all images where there are few', async () => {
  const [bank, asked] = [await embed(encoder, memory), await embed(encoder, queries)];
  for (const k of [1, 5, 200]) {
    const { top1 } = await knn(bank, asked, { k, temperature: 0.2 });
    const evaluate = knnDuringTraining(memory, queries, { k, temperature: 0.2 });
    expect(await evaluate(encoder, place)).toEqual({ 'kNN top-1': top1 });
  }
});

test('is kNN of as many images as it was given, the same every time', async () => {
  const read = vi.spyOn(memory, 'read');
  const evaluate = knnDuringTraining(memory, queries, { images: 9, batchSize: 4 });
  const once = await evaluate(encoder, place);
  const indices = read.mock.calls.flatMap(([given]) => [...Array.from(given)]);
  read.mockRestore();
  expect(indices).toHaveLength(9);
  for (const label of [0, 1, 2]) expect(indices.filter((i) => memory.labels[i] === label)).toHaveLength(3);
  const [bank, asked] = [subset(memory, 9), subset(queries, 9)];
  const { top1 } = await knn(await embed(encoder, bank), await embed(encoder, asked));
  expect(once).toEqual({ 'kNN top-1': top1 });
  expect(await evaluate(encoder, place)).toEqual(once);
});

test('throws after the batch under way once it is told to stop', async () => {
  const stop = new AbortController();
  const read = vi.fn(async (indices: ArrayLike<number>) => {
    if (indices[0] === 8) stop.abort();
    return memory.read(indices);
  });
  const evaluate = knnDuringTraining({ ...memory, read }, queries, { batchSize: 4 });
  await expect(evaluate(encoder, { epoch: 1, signal: stop.signal })).rejects.toThrow('aborted');
  expect(read.mock.calls.length).toBeLessThan(5);
});

test.each([
  [{ k: 0 }, 'k is 0'],
  [{ temperature: 0 }, 'temperature is 0'],
  [{ images: 1.5 }, 'images is 1.5'],
  [{ batchSize: 0 }, 'batchSize is 0'],
])('refuses %o at once', (options, message) => {
  expect(() => knnDuringTraining(memory, queries, options)).toThrow(message);
});
