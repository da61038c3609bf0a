import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeResults } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import { seeds } from '../experiments/rows.js';

const executable = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcl-lab-figures-'));
  const rows = [16, 32].flatMap((batchSize) =>
    [0.1, 0.5].flatMap((temperature) => rowsOf(seeds([0.4, 0.5], { batchSize, temperature }))),
  );
  await writeResults(join(folder, 'table'), tableOf(rows));
});
afterAll(() => rm(folder, { recursive: true }));

const figures = (...args: string[]) =>
  spawnSync(process.execPath, [executable, 'figures', 'table.csv', '--output', 'pictures', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

describe('dcl-lab figures', () => {
  /** Needs Chromium at /usr/bin/chromium, as Debian installs it, or where CHROMIUM says. */
  test.skipIf(!existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'))(
    'draws a figure for each setting that varies among the chosen trials',
    async () => {
      const { status, stdout } = figures('--where', 'temperature=0.1', '--format', 'svg,pdf');
      expect(status).toBe(0);
      const files = ['batch-size', 'variation'].flatMap((figure) =>
        ['svg', 'pdf'].map((format) => `table-${figure}.${format}`),
      );
      expect(stdout).toBe(files.map((file) => `pictures/${file}\n`).join(''));
      expect((await readdir(join(folder, 'pictures'))).sort()).toEqual(files.sort());
    },
  );

  test.each([
    ['trials that vary in two settings', [], /differ in temperature \(0\.1, 0\.5\)/],
    ['a setting that no trial has', ['--where', 'batchSize=64'], /batchSize 64; there are 16, 32/],
    [
      'a choice that leaves nothing to draw',
      ['--where', 'batchSize=16', '--where', 'temperature=0.1'],
      /nothing to draw/,
    ],
    ['an unknown format', ['--format', 'gif'], /"gif" is none of png, svg, pdf/],
    ['an unknown data set of others', ['--published', 'mnist'], /"mnist"; choose cifar10/],
  ])('refuses %s', (_, args, message) => {
    const { status, stderr } = figures(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
