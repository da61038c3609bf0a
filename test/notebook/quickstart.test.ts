import { expect, test } from 'vitest';
import { execute, toHtml } from '../../src/notebook/index.js';

const path = new URL('../../notebooks/00-quickstart.ipynb', import.meta.url).pathname;

test('the quickstart runs in the tslab kernel at a small scale and gives a page', async () => {
  const parameters = { trainingImages: 640, testImages: 200, epochs: 1, mapPoints: 100 };
  const executed = await execute(path, { parameters });
  const printed = JSON.stringify(executed.cells);
  expect(printed).toContain('q        by hand and library differ by at most');
  expect(printed).toContain("At batch 32, on 640 images, DCL's kNN accuracy is");
  expect(printed).toContain('application/vnd.plotly.v1+json');
  expect(await toHtml(executed)).toContain('</html>');
}, 300_000);
