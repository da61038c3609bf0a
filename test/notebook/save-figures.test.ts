import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { accuracyBars } from '../../src/figures/index.js';
import { saveFigures } from '../../src/notebook/index.js';
import { temporaryFolder } from './cells.js';

const figure = accuracyBars({ DCL: 0.5 }, { title: 'A title & more' });
const before = process.env.CHROMIUM;
afterEach(() => {
  if (before === undefined) delete process.env.CHROMIUM;
  else process.env.CHROMIUM = before;
});

describe('saveFigures', () => {
  /** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
  test.skipIf(!existsSync(before ?? '/usr/bin/chromium'))(
    'writes PNG, SVG and PDF of the figure',
    async () => {
      const folder = join(temporaryFolder(), 'new');
      const paths = ['png', 'svg', 'pdf'].map((format) => join(folder, `bars.${format}`));
      await saveFigures(Object.fromEntries(paths.map((path) => [path, figure])));
      const [png, svg, pdf] = paths.map((path) => readFileSync(path));
      const { width, height, data } = PNG.sync.read(png!);
      expect(width).toBeGreaterThan(1000);
      expect(height).toBeGreaterThan(600);
      // DCL's colour, #d55e00, fills its bar.
      const coloured = Array.from({ length: width * height }, (_, i) => i * 4).filter(
        (at) => data[at] === 0xd5 && data[at + 1] === 0x5e && data[at + 2] === 0,
      );
      expect(coloured.length).toBeGreaterThan(width * height * 0.05);
      expect(svg!.toString()).toMatch(/^<svg[\s\S]*A title &amp; more[\s\S]*<\/svg>$/);
      expect(pdf!.subarray(0, 5).toString()).toBe('%PDF-');
      expect(readdirSync(folder).sort()).toEqual(['bars.pdf', 'bars.png', 'bars.svg']);
    },
  );

  test('refuses an extension that it does not know before it starts anything', async () => {
    await expect(saveFigures({ 'bars.gif': figure })).rejects.toThrow(/bars\.gif .*\.png, \.svg or \.pdf/);
  });

  test('says how to get a Chromium where there is none', async () => {
    process.env.CHROMIUM = '/nowhere/chromium';
    const saved = saveFigures({ 'bars.png': figure });
    await expect(saved).rejects.toThrow(InputError);
    await expect(saved).rejects.toThrow(/CHROMIUM names \/nowhere\/chromium.*apt-get install chromium/);
  });
});
