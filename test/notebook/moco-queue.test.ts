import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readResults } from '../../src/experiments/index.js';
import { execute } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/04-moco-queue.ipynb', import.meta.url));
const charts = 4;

/** Of each loss of the notebook, as computed by hand and by the library. */
function expectByHand(text: string): void {
  const losses = [...text.matchAll(/(infoNCE|decoupled) +by hand (\S+) +library (\S+)/g)];
  expect(losses.map(([, loss]) => loss)).toEqual(['infoNCE', 'decoupled']);
  for (const [, , byHand, library] of losses)
    expect(Math.abs(Number(byHand) - Number(library))).toBeLessThanOrEqual(1.01e-4);
}

test("MoCo's queue is swept, and q collected, on MNIST at a small scale", async () => {
  const folder = temporaryFolder();
  const changes = {
    ...{ data: 'mnist', images: 160, testImages: 100, architecture: 'resnet8', width: 2, batchSize: 16 },
    ...{ queueSize: [8, 32], keyMomentum: 0.9, epochs: 1, seed: [1, 2], linearEpochs: 2 },
  };
  const saved = join(folder, 'small');
  const parameters = { retrain: true, changes, saved, runs: join(folder, 'runs') };
  const executed = await execute(path, {
    parameters: { ...parameters, collectedImages: 96, queueSizes: [4, 16, 32] },
  });
  const text = textOf(executed);
  expectByHand(text);
  expect((await readResults(`${saved}.csv`)).numRows()).toBe(8);
  for (const encoder of ['untrained', 'trained'])
    expect(text).toMatch(new RegExp(`^${encoder} encoder: from a queue of 4 to one of 32`, 'm'));
  for (const size of [8, 32])
    expect(text).toMatch(new RegExp(`queue of ${size}: DCL's kNN accuracy less InfoNCE's is`));
  expect(chartsOf(executed)).toBe(charts);
  const tables = ['small-q.csv', 'small-q.json', 'small.arrow', 'small.csv', 'small.json'];
  expect(readdirSync(folder).filter((name) => name !== 'runs')).toEqual(tables);
}, 300_000);

test("MoCo's queue is drawn from what is saved, without training", async () => {
  const executed = await execute(path);
  const text = textOf(executed);
  expect(text).toContain('Nothing is trained');
  expectByHand(text);
  expect(text).toMatch(/^trained encoder: from a queue of 16 to one of 4096, .* falling at every step/m);
  expect(chartsOf(executed)).toBe(charts);
}, 300_000);
