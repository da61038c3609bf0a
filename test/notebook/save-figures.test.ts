import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/errors.js';
import { accuracyBars } from '../../src/figures/index.js';
import { saveFigures } from '../../src/notebook/index.js';
import { KernelClient } from '../../src/notebook/runner/client.js';
import { temporaryFolder } from './cells.js';

const figure = accuracyBars({ DCL: 0.5 }, { title: 'A title & more' });
const before = process.env.CHROMIUM;
afterEach(() => {
  if (before === undefined) delete process.env.CHROMIUM;
  else process.env.CHROMIUM = before;
});

/** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
const withChromium = test.skipIf(!existsSync(before ?? '/usr/bin/chromium'));

describe('saveFigures', () => {
  withChromium('writes PNG, SVG and PDF of the figure', async () => {
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
  });

  withChromium('tells its progress, and ends with what that throws, leaving whole files alone', async () => {
    const folder = temporaryFolder();
    const figures = Object.fromEntries(['a', 'b', 'c'].map((name) => [join(folder, `${name}.svg`), figure]));
    const told: string[] = [];
    await saveFigures(figures, { onProgress: (done, total) => told.push(`${done} of ${total}`) });
    expect(told).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);

    for (const file of readdirSync(folder)) rmSync(join(folder, file));
    const enough = new Error('enough');
    const onProgress = (done: number) => {
      if (done === 2) throw enough;
    };
    await expect(saveFigures(figures, { onProgress })).rejects.toBe(enough);
    expect(readdirSync(folder).sort()).toEqual(['a.svg', 'b.svg']);
  });

  withChromium("ends at a notebook's Stop, and the kernel goes on", async () => {
    const folder = temporaryFolder();
    const client = await KernelClient.start({ directory: folder, onPublished: () => {} });
    const execute = (code: string) => client.request('execute_request', { code, silent: false }).done;
    try {
      const saving = execute(`
        import * as dcl from 'dcl-lab';
        const bars = dcl.figures.accuracyBars({ DCL: 0.5 }, { title: 'Bars' });
        const files = Object.fromEntries([...Array(1000).keys()].map((i) => [\`\${i}.svg\`, bars]));
        await dcl.notebook.saveFigures(files, { onProgress: dcl.notebook.progress('Figures') });
      `);
      await vi.waitUntil(() => existsSync(join(folder, '0.svg')), { timeout: 60_000 });
      client.interrupt();
      expect(await saving).toMatchObject({
        ename: 'Interrupted',
        evalue: expect.stringMatching(/^Figures: stopped at \d+ of 1000$/),
      });
      const after = readdirSync(folder);
      expect(after.every((file) => /^\d+\.svg$/.test(file))).toBe(true);
      expect(await execute('1 + 1;')).toMatchObject({ status: 'ok' });
    } finally {
      await client.stop();
    }
  });

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
