import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readResults } from '../../src/experiments/index.js';
import { execute } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/02-batch-size-ablation.ipynb', import.meta.url));
const charts = 5;

test('the batch-size ablation trains and saves on MNIST at a small scale', async () => {
  const folder = temporaryFolder();
  const changes = {
    ...{ data: 'mnist', images: 200, testImages: 100, architecture: 'resnet8', width: 2 },
    ...{ loss: ['infonce', 'dcl'], batchSize: [8, 32], epochs: 1, seed: [1, 2], linearEpochs: 2 },
  };
  const saved = join(folder, 'small');
  const parameters = { retrain: true, changes, saved, runs: join(folder, 'runs'), publishedFor: '' };
  const executed = await execute(path, { parameters });
  const text = textOf(executed);
  expect((await readResults(`${saved}.csv`)).numRows()).toBe(8);
  expect(text).toContain('This is no comparison of loss: batchSize is 8 in a and 32 in b');
  for (const batch of [8, 32])
    expect(text).toMatch(new RegExp(`batch ${batch}: kNN dcl \\d.*: (higher|lower|not told apart)`));
  expect(text).toMatch(/infonce: C_v is \d\.\d+, \d\.\d+ at batches of 8, 32/);
  expect(chartsOf(executed)).toBe(charts);
  const tables = ['small.arrow', 'small.csv', 'small.json'];
  expect(readdirSync(folder).filter((name) => name !== 'runs')).toEqual(tables);
}, 300_000);

test('the batch-size ablation draws what is saved, without training, beside what others published', async () => {
  const executed = await execute(path);
  const text = textOf(executed);
  expect(text).toContain('Nothing is trained');
  for (const loss of ['infonce', 'dcl', 'dclw'])
    expect(text).toMatch(new RegExp(`${loss}: C_v is .* it falls with every larger batch`));
  expect(chartsOf(executed)).toBe(charts + 1);
}, 300_000);
