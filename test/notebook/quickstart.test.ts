import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { execute, toHtml } from '../../src/notebook/index.js';
import { chartsOf, textOf } from './cells.js';

const path = fileURLToPath(new URL('../../notebooks/00-quickstart.ipynb', import.meta.url));

test('the quickstart runs in the tslab kernel at a small scale and gives a page', async () => {
  const parameters = { trainingImages: 640, testImages: 200, epochs: 1, mapPoints: 100 };
  const executed = await execute(path, { parameters });
  const text = textOf(executed);

  const losses = [...text.matchAll(/(InfoNCE|DCL) +by hand (\S+) +library (\S+)/g)];
  expect(losses.map(([, loss]) => loss)).toEqual(['InfoNCE', 'DCL']);
  for (const [, , byHand, library] of losses)
    expect(Math.abs(Number(byHand) - Number(library))).toBeLessThanOrEqual(1.01e-5);
  const [, difference] = /by hand and library differ by at most (\S+)/.exec(text) ?? [];
  expect(Number(difference)).toBeLessThan(1e-5);
  expect(text).toContain("At batch 32, on 640 images, DCL's kNN accuracy is");

  const charts = chartsOf(executed);
  expect(charts).toBeGreaterThanOrEqual(6);
  expect(toHtml(executed).match(/class="dcl-lab-figure"/g)).toHaveLength(charts);
}, 300_000);
