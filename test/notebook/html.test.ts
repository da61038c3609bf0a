import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { lossCurve, similarityMatrix } from '../../src/figures/index.js';
import { drawFigure } from '../../src/notebook/display/figure-picture.js';
import { toBundle } from '../../src/notebook/display/presentation.js';
import type { Cell, Notebook, Output } from '../../src/notebook/format/notebook.js';
import { fromSource, toHtml } from '../../src/notebook/index.js';
import { temporaryFolder } from './cells.js';

const figures = [
  lossCurve({
    DCL: {
      steps: [
        { step: 1, loss: 4 },
        { step: 2, loss: 3 },
      ],
    },
  }),
  similarityMatrix({ similarities: [1, 0.5, 0.5, 1] }),
];

/** Text with formulas, and a cell that shows two charts, prints, and fails. */
async function executedNotebook(): Promise<Notebook> {
  const charts = await Promise.all(
    figures.map(async (figure): Promise<Output> => {
      const { data, metadata = {} } = toBundle({ text: 'a chart', figure }, await drawFigure(figure));
      return { output_type: 'display_data', data, metadata };
    }),
  );
  const outputs: Output[] = [
    ...charts,
    { output_type: 'stream', name: 'stdout', text: 'a < b \u001b[1mbold\u001b[0m' },
    { output_type: 'error', ename: 'Error', evalue: 'x', traceback: ['Error: x'] },
  ];
  const source =
    '// %% [markdown]\n// # The title\n//\n// Where $q < 1$ and\n//\n// $$\\frac{a}{b}$$\n\n// %%\nconst a = 1;';
  const notebook = fromSource(source);
  return { ...notebook, cells: notebook.cells.map((cell) => ({ ...cell, outputs }) as Cell) };
}

test('the page holds text, formulas, code and outputs, and refers to nothing outside itself', async () => {
  const html = toHtml(await executedNotebook());
  expect(html).toContain('<title>The title</title>');
  expect(html.match(/<math /g)).toHaveLength(2);
  expect(html).toContain('<span class="hljs-keyword">const</span> a =');
  expect(html).toContain('<pre class="stdout">a &lt; b bold</pre>');
  expect(html).toContain('<pre class="error">Error: x</pre>');
  expect(html).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
  expect(html).not.toMatch(/@import|url\(["']?(https?:)?\/\//);
});

test('plotly.js is inside only where there is a chart', async () => {
  expect(toHtml(fromSource('// %%\n1 + 1;')).length).toBeLessThan(20_000);
});

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
test.skipIf(!existsSync(executablePath))(
  'a browser without a network draws the charts, and without scripts their pictures',
  async () => {
    const path = join(temporaryFolder(), 'page.html');
    writeFileSync(path, toHtml(await executedNotebook()));
    const browser = await chromium.launch({ executablePath, args });
    try {
      const requests: string[] = [];
      const live = await (await browser.newContext({ offline: true })).newPage();
      const errors: string[] = [];
      live.on('request', (request) => requests.push(request.url()));
      live.on('pageerror', (error) => errors.push(error.message));
      await live.goto(`file://${path}`);
      await live.locator('.heatmaplayer image').waitFor();
      await live.locator('.scatterlayer path.js-line').waitFor();
      expect(await live.locator('.dcl-lab-figure > img').count()).toBe(0);
      expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
      expect(errors).toEqual([]);

      const still = await (await browser.newContext({ offline: true, javaScriptEnabled: false })).newPage();
      await still.goto(`file://${path}`);
      const widths = await still.locator('.dcl-lab-figure > img').all();
      expect(await Promise.all(widths.map(async (image) => (await image.boundingBox())?.width))).toEqual([
        760, 760,
      ]);
    } finally {
      await browser.close();
    }
  },
);
