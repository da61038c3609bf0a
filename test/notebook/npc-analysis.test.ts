import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { execute } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/01-npc-analysis.ipynb', import.meta.url));
const charts = 7;

function differenceFromAutodiff(text: string): number {
  return Number(/Proposition 1 and autodiff agree to (\S+),/.exec(text)?.[1]);
}

test('the analysis of q trains, collects and saves on MNIST at a small scale', async () => {
  const folder = temporaryFolder();
  const parameters = {
    retrain: true,
    dataset: 'mnist',
    images: 128,
    architecture: 'resnet8',
    width: 4,
    batchSize: 16,
    epochs: 1,
    collectedImages: 64,
    batchSizes: [4, 8, 16, 32],
    saved: join(folder, 'small'),
    runs: join(folder, 'runs'),
  };
  const executed = await execute(path, { parameters });
  const text = textOf(executed);
  expect(differenceFromAutodiff(text)).toBeLessThan(1e-5);
  for (const encoder of ['untrained', 'InfoNCE', 'DCL'])
    expect(text).toMatch(new RegExp(`${encoder}: from batch 4 to 32, C_v goes from \\d`));
  const liveCharts = 2;
  expect(chartsOf(executed)).toBe(charts + liveCharts);
  const tables = ['small', 'small-batch', 'small-training'];
  const files = readdirSync(folder).filter((name) => name !== 'runs');
  expect(files.sort()).toEqual(tables.flatMap((name) => [`${name}.csv`, `${name}.json`]).sort());
}, 300_000);

test('the analysis of q draws what is saved, without training', async () => {
  const executed = await execute(path);
  const text = textOf(executed);
  expect(text).toContain('Nothing is trained');
  expect(differenceFromAutodiff(text)).toBeLessThan(1e-5);
  expect(text).toContain('C_v falls with every larger batch for 3 of 3 encoders');
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);
