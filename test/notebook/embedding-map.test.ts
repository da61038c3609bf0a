import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { inMemory, subset } from '../../src/data/index.js';
import { presentEmbeddingMap } from '../../src/notebook/display/embedding-map.js';
import { imageSheet, imageUri } from '../../src/notebook/display/image-sheet.js';
import { toBundle } from '../../src/notebook/display/presentation.js';
import type { Notebook, Output } from '../../src/notebook/format/notebook.js';
import { embeddingMap, show, toHtml } from '../../src/notebook/index.js';
import { temporaryFolder } from './cells.js';
import { FakeHost } from './fake-host.js';

const classes = ['dark', 'light'];
const count = 20;
const shape = [8, 8, 1] as const;
const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
/** Image i is as light as 10 i. */
const pixels = Uint8Array.from({ length: count * 64 }, (_, at) => 10 * Math.floor(at / 64));
const dataset = inMemory({ name: 'grays', shape, classes, pixels, labels });
/** On a circle, so that the nearest by cosine are the next and the one before. */
const features = Float32Array.from({ length: 2 * count }, (_, at) =>
  (at % 2 === 0 ? Math.cos : Math.sin)((2 * Math.PI * Math.floor(at / 2)) / count),
);
const embeddings = { name: 'grays', features, count, dimension: 2, labels, classes };
const options = { points: features, embeddings, dataset, k: 2 };

describe('the map', () => {
  test('knows of each point its nearest neighbours by cosine, without itself', async () => {
    const { images } = await embeddingMap(options);
    const pairs = Array.from({ length: count }, (_, row) =>
      images.neighbours.slice(2 * row, 2 * row + 2).toSorted((a, b) => a - b),
    );
    expect(pairs).toEqual(
      pairs.map((_, row) => [(row + 1) % count, (row + count - 1) % count].toSorted((a, b) => a - b)),
    );
    expect(new Set(images.similarities)).toEqual(
      new Set([Math.round(100 * Math.cos((2 * Math.PI) / count))]),
    );
  });

  test('shows six neighbours, or all others where there are fewer', async () => {
    const { k: _, ...usual } = options;
    expect((await embeddingMap(usual)).images.k).toBe(6);
    const few = [0, 1, 2, 3];
    const part = { ...embeddings, count: 4, features: features.slice(0, 8), labels: labels.slice(0, 4) };
    const { images } = await embeddingMap({
      points: part.features,
      embeddings: part,
      dataset: subset(dataset, few),
    });
    expect(images.k).toBe(3);
    expect(few.map((row) => images.neighbours.slice(3 * row, 3 * row + 3).toSorted())).toEqual(
      few.map((row) => few.filter((other) => other !== row)),
    );
  });

  test('leaves out a point itself also where others are equal to it', async () => {
    const equal = { ...embeddings, features: new Float32Array(2 * count).fill(1) };
    const { images } = await embeddingMap({ ...options, embeddings: equal, k: 3 });
    for (let row = 0; row < count; row++) {
      const near = images.neighbours.slice(3 * row, 3 * row + 3);
      expect(new Set([row, ...near]).size).toBe(4);
    }
  });

  test('tells the classes of the neighbours where only Plotly draws it', async () => {
    const { figure } = await embeddingMap(options);
    expect(figure.data[0]).toMatchObject({ customdata: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18] });
    expect((figure.data[0]!.text as string[])[0]).toBe('light, light');
  });

  test('has the images on one sheet, small ones as they are and large ones made smaller', async () => {
    const sheet = await imageSheet(dataset);
    expect([sheet.columns, sheet.rows, sheet.width, sheet.height]).toEqual([5, 4, 8, 8]);
    const png = Buffer.from((await imageUri(sheet, 13)).split(',')[1]!, 'base64');
    expect([...(await sharp(png).removeAlpha().raw().toBuffer())]).toEqual(Array(8 * 8 * 3).fill(130));
    const wide = inMemory({
      ...{ name: 'wide', shape: [50, 200, 3], classes: ['a'], labels: new Int32Array(1) },
      pixels: new Uint8Array(50 * 200 * 3).fill(7),
    });
    expect(await imageSheet(wide)).toMatchObject({ width: 64, height: 16 });
  });

  test('costs less than 1 kB a point with its image', async () => {
    const { images } = await embeddingMap(options);
    expect(JSON.stringify(images).length / count).toBeLessThan(1000);
  });

  test.each([
    [
      {
        dataset: inMemory({
          name: 'none',
          shape,
          classes,
          pixels: pixels.slice(64),
          labels: labels.slice(1),
        }),
      },
      'none has 19 images for 20 embeddings',
    ],
    [{ k: 20 }, 'k'],
    [{ points: [1, 2] }, '2 coordinates do not place 20'],
  ])('refuses what does not belong together: %#', async (wrong, message) => {
    await expect(embeddingMap({ ...options, ...wrong })).rejects.toThrow(message);
  });
});

describe('in the kernel', () => {
  const host = new FakeHost();
  beforeEach(() => host.install());
  afterEach(() => {
    host.remove();
    vi.unstubAllEnvs();
  });

  test('a map is HTML with images, a picture and text; Plotly alone, which knows no images, does not draw it', async () => {
    show(await embeddingMap(options));
    await host.finished();
    expect(Object.keys(host.shown.at(-1)!.data)).toEqual(['text/html', 'image/png', 'text/plain']);
  });

  test('without plotly.js in the notebook Plotly draws it, and a page that brings plotly.js finds the HTML', async () => {
    vi.stubEnv('DCL_LAB_PLOTLY', 'omit');
    show(await embeddingMap(options));
    await host.finished();
    const { data } = host.shown.at(-1)!;
    expect(data).toHaveProperty('application/vnd.plotly.v1+json');
    expect(data['text/html']).toContain('data:image/webp');
  });
});

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
test.skipIf(!existsSync(executablePath))(
  'a browser without a network shows the image under the pointer, and the neighbours of a clicked point',
  async () => {
    const presentation = presentEmbeddingMap(await embeddingMap(options));
    const { data, metadata = {} } = toBundle(presentation, await presentation.picture?.());
    const output: Output = { output_type: 'display_data', data, metadata };
    const cell = { cell_type: 'code', id: 'a', metadata: {}, source: '', execution_count: 1 } as const;
    // Twice, since what one map does must not change another.
    const notebook: Notebook = {
      ...{ nbformat: 4, nbformat_minor: 5, metadata: {} },
      cells: [{ ...cell, outputs: [output, output] }],
    };
    const path = join(temporaryFolder(), 'map.html');
    writeFileSync(path, toHtml(notebook));
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    const browser = await chromium.launch({ executablePath, args });
    try {
      const context = await browser.newContext({ offline: true, colorScheme: 'light' });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`file://${path}`);
      const [first, second] = [
        page.locator('.dcl-lab-figure').first(),
        page.locator('.dcl-lab-figure').last(),
      ];
      await first.locator('.scatterlayer .point').first().waitFor();
      const point = first.locator('.scatterlayer .trace').first().locator('.point').nth(2);
      await point.scrollIntoViewIfNeeded();
      const box = (await point.boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(x, y);
      await page.locator('.dcl-lab-pointed [role=img][aria-label=dark]').waitFor();
      await page.mouse.click(x, y);
      const tiles = first.locator('.dcl-lab-neighbours button');
      await tiles.nth(2).waitFor();
      expect(await tiles.allInnerTexts()).toEqual([
        'dark\npoint 4',
        expect.stringMatching(/^light\ncosine 0\.95\n. other class$/),
        expect.stringMatching(/^light\ncosine 0\.95\n. other class$/),
      ]);
      expect(await second.locator('.dcl-lab-neighbours button').count()).toBe(0);
      // Two series, and the outlines of three points.
      await expect.poll(() => first.locator('.scatterlayer .point').count()).toBe(count + 3);

      const title = first.locator('.gtitle').first();
      const fill = () => title.evaluate((element) => element.getAttribute('style') ?? '');
      expect(await fill()).toContain('rgb(34, 34, 34)');
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(fill).toContain('rgb(230, 230, 230)');
      expect(await tiles.count()).toBe(3);

      await page.keyboard.press('Escape');
      await expect.poll(() => first.locator('.scatterlayer .point').count()).toBe(count);
      expect(await tiles.count()).toBe(0);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);
