import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readResults, readTable } from '../../src/experiments/index.js';
import { execute } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/05-nnclr.ipynb', import.meta.url));
const charts = 2;

test('NNCLR is swept, and its neighbours followed, on MNIST at a small scale', async () => {
  const folder = temporaryFolder();
  const changes = {
    ...{ data: 'mnist', images: 160, testImages: 100, architecture: 'resnet8', width: 2, batchSize: 16 },
    ...{ queueSize: 32, epochs: 2, seed: [1, 2], linearEpochs: 2 },
  };
  const saved = join(folder, 'small');
  const parameters = { retrain: true, changes, saved, runs: join(folder, 'runs'), others: [] };
  const executed = await execute(path, {
    parameters: { ...parameters, supportImages: 100, queryImages: 50 },
  });
  const text = textOf(executed);
  expect((await readResults(`${saved}.csv`)).numRows()).toBe(4);
  const neighbours = (await readTable(`${saved}-neighbours`)).table;
  expect(neighbours.array('epoch')).toEqual([0, 1, 2, 0, 1, 2]);
  for (const share of neighbours.array('share') as number[]) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
  for (const loss of ['infonce', 'dcl'])
    expect(text).toMatch(
      new RegExp(`${loss}: \\d.* % of nearest neighbours share the class before training`),
    );
  expect(text).toMatch(/NNCLR: DCL's kNN accuracy less InfoNCE's is/);
  const liveCharts = 4;
  expect(chartsOf(executed)).toBe(charts + liveCharts);
}, 300_000);

test('NNCLR is drawn from what is saved, beside MoCo, without training', async () => {
  const executed = await execute(path);
  const text = textOf(executed);
  expect(text).toContain('Nothing is trained');
  expect(text).toMatch(
    /dcl: \d.* % of nearest neighbours share the class before training, \d.* after 8 epochs/,
  );
  expect(text).toMatch(/^MoCo v2: DCL's kNN accuracy less InfoNCE's is/m);
  expect(text).toMatch(/^NNCLR: DCL's kNN accuracy less InfoNCE's is/m);
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);
