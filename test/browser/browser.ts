import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { launchChromium } from '../../src/notebook/export/chromium.js';
import { artefacts } from './lab.js';

let browser: Browser | undefined;
afterAll(() => browser?.close());

/** Does something with a page of its own. Where that fails, `runs/browser/NAME.png` and `.txt` keep what was seen. */
export async function withPage<T>(
  name: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<T>,
): Promise<T> {
  browser ??= await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.stack}`));
  page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
  try {
    return await act(page);
  } catch (error) {
    await keep(name, page, problems);
    throw error;
  } finally {
    await context.close();
  }
}

async function keep(name: string, page: Page, problems: readonly string[]): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  const path = join(artefacts, name.replaceAll(/\W+/g, '-'));
  await page.screenshot({ path: `${path}.png` });
  const text = await page.locator('body').innerText();
  writeFileSync(`${path}.txt`, `${page.url()}\n\n${text}\n\nConsole:\n${problems.join('\n')}\n`);
  console.log(`What was seen is kept in ${path}.png and .txt`);
}
