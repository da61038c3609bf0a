import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { read, toHtml } from '../../src/notebook/index.js';
import { temporaryFolder } from '../notebook/cells.js';
import { withPage } from './browser.js';
import { drawingIn } from './figures.js';

const lab = inject('lab');
const project = fileURLToPath(new URL('../..', import.meta.url));
const command = join(project, 'dist', 'cli', 'main.js');
const folder = temporaryFolder();
const executed = '01 executed by dcl-lab run';
const folderOfNotebooks = join(project, 'notebooks');
/** Those of the project that were executed and show figures; a teacher's solutions, say, show none. */
const published = readdirSync(folderOfNotebooks)
  .filter((name) => name.endsWith('.ipynb'))
  .filter((name) =>
    readFileSync(join(folderOfNotebooks, name), 'utf8').includes('application/vnd.plotly.v1+json'),
  );
const names = [executed, ...published];
const pageOf = (name: string) => join(folder, `${name}.html`);

describe.skipIf(lab === undefined)('the HTML page of', () => {
  beforeAll(async () => {
    for (const name of published) {
      writeFileSync(pageOf(name), await toHtml(await read(join(folderOfNotebooks, name))));
    }
    const output = join(folder, 'executed.ipynb');
    const run = ['run', 'notebooks/01-npc-analysis.ipynb', '--output', output, '--html', pageOf(executed)];
    const { status, stderr } = spawnSync(process.execPath, [command, ...run], { cwd: project });
    expect(status, String(stderr)).toBe(0);
  });

  test.each(names)('%s draws its figures offline, without one request', async (name) => {
    await withPage(`offline ${name}`, { offline: true }, async (page) => {
      const requests: string[] = [];
      const failures: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('requestfailed', (request) => failures.push(request.url().slice(0, 200)));
      page.on('pageerror', (error) => failures.push(error.message));
      await page.goto(pathToFileURL(pageOf(name)).href);
      const charts = await page.locator('.dcl-lab-figure').all();
      expect(charts.length).toBeGreaterThan(0);
      for (const chart of charts) {
        await expect
          .poll(() => drawingIn(chart), {
            message: (await chart.getAttribute('id'))!,
            timeout: 30_000,
          })
          .toSatisfy(({ width, height, marks }) => width > 300 && height > 200 && marks > 0);
      }
      expect(requests.filter((url) => !/^(data|blob):/.test(url))).toEqual([
        pathToFileURL(pageOf(name)).href,
      ]);
      expect(failures).toEqual([]);
    });
  });

  test.each(names)('%s shows a picture of each figure where scripts are off', async (name) => {
    await withPage(`static ${name}`, { offline: true, javaScriptEnabled: false }, async (page) => {
      await page.goto(pathToFileURL(pageOf(name)).href);
      const charts = await page.locator('.dcl-lab-figure').all();
      expect(charts.length).toBeGreaterThan(0);
      for (const chart of charts) await expectPicture(chart.locator('img').filter({ visible: true }));
      for (const image of await page.locator('img').all())
        expect(await naturalWidth(image)).toBeGreaterThan(0);
    });
  });
});

async function expectPicture(image: Locator): Promise<void> {
  expect(await image.count()).toBe(1);
  await image.scrollIntoViewIfNeeded();
  const box = await image.boundingBox();
  expect(box?.width).toBeGreaterThan(300);
  expect(box?.height).toBeGreaterThan(200);
}

/** Of the picture as decoded: 0 where it is broken. */
function naturalWidth(image: Locator): Promise<number> {
  return image.evaluate((element) => (element as HTMLImageElement).naturalWidth);
}
