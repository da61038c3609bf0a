import { mkdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { Page } from 'playwright-core';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import type { Figure } from '../../figures/index.js';
import { figureHeight, figureWidth, plotlyPath } from '../display/plotly-script.js';
import { launchChromium } from './chromium.js';

/** Dots per CSS pixel of a PNG. */
const scale = 2;

/** What {@link saveFigures} tells meanwhile. */
export interface SaveFiguresOptions {
  /** Called once Chromium is ready, and after each file. What it throws ends the work; the files written so far stay. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What plotly.js offers in the page. */
interface PlotlyPage {
  readonly Plotly: {
    toImage(figure: object, options: object): Promise<string>;
  };
}

/**
 * Writes charts as pictures, drawn by plotly.js in an installed Chromium: `.png` (twice the figure's size), `.svg` or
 * `.pdf` by the path's extension. Each file is whole or not there. Chromium takes seconds to start, and up to one for each file.
 * @param figures - by the path to write each to
 * @throws InputError for another extension, where no Chromium is installed, or where a file cannot be written
 */
export async function saveFigures(
  figures: Readonly<Record<string, Figure>>,
  { onProgress }: SaveFiguresOptions = {},
): Promise<void> {
  const files = Object.entries(figures);
  for (const [path] of files) {
    if (!['.png', '.svg', '.pdf'].includes(extname(path))) {
      throw new InputError(`${path} has no known extension; give a .png, .svg or .pdf file.`);
    }
  }
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ offline: true, deviceScaleFactor: scale });
    await page.setContent(
      '<!doctype html><style>body { margin: 0 } svg { display: block }</style><body></body>',
    );
    await page.addScriptTag({ path: plotlyPath });
    onProgress?.(0, files.length);
    for (const [place, [path, figure]] of files.entries()) {
      await save(path, await drawn(page, figure, extname(path)));
      onProgress?.(place + 1, files.length);
    }
  } finally {
    await browser.close();
  }
}

async function drawn(page: Page, figure: Figure, extension: string): Promise<Buffer> {
  const width = (figure.layout.width as number | undefined) ?? figureWidth;
  const height = (figure.layout.height as number | undefined) ?? figureHeight;
  const svg = await page.evaluate(
    ({ data, layout, size }) =>
      (globalThis as unknown as PlotlyPage).Plotly.toImage(
        { data, layout },
        { format: 'svg', ...size, imageDataOnly: true },
      ),
    { data: figure.data, layout: figure.layout, size: { width, height } },
  );
  if (extension === '.svg') return Buffer.from(svg);
  await page.setViewportSize({ width, height });
  await page.locator('body').evaluate((body, markup) => {
    (body as unknown as { innerHTML: string }).innerHTML = markup;
  }, svg);
  if (extension === '.png') return page.screenshot({ clip: { x: 0, y: 0, width, height } });
  return page.pdf({ width: `${width}px`, height: `${height}px`, printBackground: true, pageRanges: '1' });
}

async function save(path: string, picture: Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, picture);
  } catch (error) {
    throw new InputError(`The figure could not be written to ${path}: ${(error as Error).message}.`);
  }
}
