import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSite, type Site } from '../../.ci/site/build-site.js';
import { launchChromium } from '../../src/notebook/export/chromium.js';
import { temporaryFolder } from '../notebook/cells.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(temporaryFolder(), 'site');
let site: Site;
/** Milliseconds: ten times what the site and its pages take on two idle cores. */
const patience = 300_000;

/** Every page, but of the API one of each kind: those of a kind differ in their text alone. */
function pagesToOpen(): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.html'),
  );
  const api = paths.filter((path) => path.startsWith('api'));
  const oneOfEachKind = new Map(api.map((path) => [dirname(path) === 'api' ? path : dirname(path), path]));
  return [...paths.filter((path) => !api.includes(path)), ...oneOfEachKind.values()];
}

beforeAll(async () => {
  site = await buildSite(root, folder);
}, patience);

test('every public export is documented, and every link leads somewhere', () => {
  expect(site.problems).toEqual([]);
});

/** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
describe.skipIf(!existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'))(
  'in a browser without a network',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    /** A page, and what goes wrong on it: requests that fail or leave the folder, and errors of its scripts. */
    async function watchedPage(): Promise<{ page: Page; amiss: string[] }> {
      const page = await (await browser.newContext({ offline: true })).newPage();
      const amiss: string[] = [];
      const add = (what: string) => amiss.push(`${page.url()}: ${what.slice(0, 200)}`);
      page.on('request', (request) => {
        if (!request.url().startsWith(`file://${folder}/`) && !/^(data|blob):/.test(request.url()))
          add(request.url());
      });
      page.on('requestfailed', (request) => add(`${request.url()} failed`));
      page.on('pageerror', (error) => add(error.message));
      page.on('console', (message) => message.type() === 'error' && add(message.text()));
      return { page, amiss };
    }

    test(
      'pages open from the disk, and every chart of a notebook is drawn',
      async () => {
        const { page, amiss } = await watchedPage();
        let charts = 0;
        for (const path of pagesToOpen()) {
          await page.goto(`file://${folder}/${path}`);
          const chart = page.locator('.dcl-lab-figure');
          charts += await chart.count();
          for (const each of await chart.all()) await each.locator('.main-svg').first().waitFor();
        }
        expect(amiss).toEqual([]);
        expect(charts).toBeGreaterThan(30);
      },
      patience,
    );

    test('the search of the API finds a function', async () => {
      const { page, amiss } = await watchedPage();
      await page.goto(`file://${folder}/api/index.html`);
      await page.locator('#tsd-search-trigger').click();
      await page.locator('#tsd-search-input').fill('linearEvaluation');
      await page.locator('#tsd-search-results a[href$="evaluate.linearEvaluation.html"]').first().click();
      await page.locator('h1', { hasText: 'linearEvaluation' }).waitFor();
      expect(amiss).toEqual([]);
    });
  },
);
