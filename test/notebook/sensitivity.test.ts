import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { execute } from '../../src/notebook/index.js';
import { chartsOf, temporaryFolder, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/03-sensitivity.ipynb', import.meta.url));

test('the sensitivity analysis trains and saves on MNIST at a small scale, with two settings varied', async () => {
  const folder = temporaryFolder();
  const changes = {
    ...{ data: 'mnist', images: 200, testImages: 100, width: 2, batchSize: 16, epochs: 1, seed: [1, 2] },
    ...{ linearEpochs: 2, oneAtATime: { temperature: [0.1, 0.5], learningRate: [0.12, 0.24] } },
  };
  const parameters = { retrain: true, changes, saved: join(folder, 'small'), runs: join(folder, 'runs') };
  const executed = await execute(path, { parameters });
  const text = textOf(executed);
  expect(text).toContain('; 12 trials, seeds 1, 2;');
  for (const setting of ['temperature', 'learningRate'])
    expect(text).toMatch(new RegExp(`${setting}: over the values tried, InfoNCE's accuracy ranges over \\d`));
  expect(text).toContain('The number of epochs was not varied.');
  expect(text).toMatch(/seen for \d of 2 settings/);
  const perSetting = 2;
  expect(chartsOf(executed)).toBe(perSetting + 1);
}, 300_000);

test('the sensitivity analysis draws what is saved, without training', async () => {
  const executed = await execute(path);
  const text = textOf(executed);
  expect(text).toContain('Nothing is trained');
  expect(text).toMatch(/seen for \d of 3 settings/);
  expect(chartsOf(executed)).toBe(4);
}, 300_000);
