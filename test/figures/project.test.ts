import { expect, test } from 'vitest';
import { type ProjectOptions, project } from '../../src/figures/index.js';

const rows = (count: number, dimension = 3) => ({
  features: Float32Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i)),
  count,
  dimension,
});

test.each([
  ['pca', 1],
  ['umap', 500],
  ['tsne', 500],
] as const)('%s tells its progress, up to the last step', async (method, steps) => {
  const told: number[] = [];
  const onProgress = (done: number, total: number) => {
    expect(total).toBe(steps);
    told.push(done);
  };
  const points = await project(rows(20), { method, onProgress });
  expect(points).toHaveLength(40);
  expect(points.every(Number.isFinite)).toBe(true);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(new Set(told).size).toBeGreaterThan(steps / 4);
  expect(told.at(-1)).toBe(steps);
});

test('what onProgress throws ends the work, also before its first step', async () => {
  const enough = new Error('enough');
  let told = 0;
  const onProgress = () => {
    told += 1;
    throw enough;
  };
  // The similarities of so many rows take longer than it takes to tell for the first time.
  await expect(project(rows(3000), { method: 'tsne', onProgress })).rejects.toBe(enough);
  expect(told).toBe(1);
});

test('this thread goes on meanwhile', async () => {
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  await project(rows(200), { method: 'umap' });
  clearInterval(counting);
  expect(turns).toBeGreaterThan(20);
});

test.each<[string, ReturnType<typeof rows>, ProjectOptions, string]>([
  ['too few for t-SNE', rows(4), { method: 'tsne' }, 'tsne takes 5 to 4000 rows, not 4.'],
  ['too many for t-SNE', rows(4001), { method: 'tsne' }, 'not 4001; take fewer, or umap'],
  [
    'a perplexity above what there are',
    rows(16),
    { method: 'tsne', perplexity: 5.5 },
    'perplexity is 5.5; give more than 1 and at most a third of the other rows, 5.0',
  ],
  ['a perplexity of 1', rows(16), { method: 'tsne', perplexity: 1 }, 'perplexity is 1;'],
  ['too few for PCA', rows(2), {}, 'pca needs at least 3 rows, not 2'],
  ['too few for UMAP', rows(2), { method: 'umap' }, 'umap needs at least 3 rows, not 2'],
  ['neighbours that are none', rows(20), { method: 'umap', neighbors: 1 }, 'neighbors is 1;'],
  ['a method that is none', rows(3), { method: 'lle' as 'pca' }, "method is 'lle'; choose pca, umap, tsne"],
  ['no matrix', { ...rows(2), count: 3 }, {}, '6 features are no [3, 3] matrix'],
  ['NaN', { ...rows(3), features: new Float32Array(9).fill(NaN, 4) }, {}, 'Row 1 holds NaN'],
])('refuses %s', async (_, embeddings, options, message) => {
  await expect(project(embeddings, options)).rejects.toThrow(message);
});

test('umap takes fewer rows than its usual neighbours, unless it is asked for that many', async () => {
  for (const count of [3, 4, 15]) {
    const points = await project(rows(count), { method: 'umap' });
    expect(points).toHaveLength(2 * count);
    expect(points.every(Number.isFinite)).toBe(true);
    await expect(project(rows(count), { method: 'umap', neighbors: 15 })).rejects.toThrow(
      'umap needs at least 16 rows',
    );
  }
});
