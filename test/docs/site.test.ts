import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildSite } from '../../.ci/site/build-site.js';
import type { Output } from '../../src/notebook/format/notebook.js';
import { write } from '../../src/notebook/index.js';
import { notebookOf, temporaryFolder } from '../notebook/cells.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const figure = { data: [{ x: [1, 2], y: [3, 4] }], layout: { title: { text: 'A line' } } };
const outputs: Output[] = [
  { output_type: 'display_data', data: { 'image/png': 'bm90IHRoaXM=' }, metadata: {} },
  {
    output_type: 'display_data',
    data: { 'application/vnd.plotly.v1+json': figure, 'image/png': pixel },
    metadata: {},
  },
];

/** A project of one room, one notebook and two pages, in which nothing is amiss; `files` replace its own. */
async function project(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = temporaryFolder();
  const all: Record<string, string> = {
    'package.json': '{ "name": "fixture", "type": "module" }',
    'src/tsconfig.json':
      '{ "compilerOptions": { "module": "NodeNext", "strict": true, "types": [] }, "include": ["."] }',
    'src/index.ts': "/** Sums. */\nexport * as sums from './sums.js';\n",
    'src/sums.ts':
      '/** Adds one. */\nexport function next(n: number, how?: { readonly by: 1 }): number {\n  return n + (how?.by ?? 1);\n}\n',
    'README.md': `# A project

It *adds*. See [how](CONTRIBUTING.md#how), [numbers](data/numbers.csv) and [elsewhere](https://example.org/).

| notebook | time |
|---|---|
| [First](notebooks/first.ipynb) | 5 min |
`,
    'CONTRIBUTING.md': '# Contributing\n\n## How\n\nBack to the [README](README.md).\n',
    'data/numbers.csv': '1,2\n',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const code = notebookOf('next(1);').cells.map((cell) => ({ ...cell, outputs }));
  const text = {
    cell_type: 'markdown',
    id: 'text',
    metadata: {},
    source: '# First steps\n\nFrom 1 to $2$.\n1. Begin.\n\nMore on that in the [README](../README.md).',
  } as const;
  mkdirSync(join(folder, 'notebooks'));
  await write(join(folder, 'notebooks/first.ipynb'), { ...notebookOf(), cells: [text, ...code] });
  return folder;
}

const page = (folder: string, path: string) => readFileSync(join(folder, 'site', path), 'utf8');

test('a site shows notebooks by what they say of themselves, and links lead to its own pages', async () => {
  const folder = await project();
  expect(await buildSite(folder, join(folder, 'site'))).toEqual({ pages: 8, problems: [] });
  const home = page(folder, 'index.html');
  expect(home).toContain('<a href="notebooks/first.html"><img src="notebooks/first.png"');
  expect(home).toMatch(/First steps.*From 1 to .*<math.*time: 5 min/s);
  expect(home).not.toMatch(/Begin|More on that/);
  expect(home).toMatch(/<a href="api\/modules\/sums.html">sums<\/a><\/dt><dd><p>Sums\.<\/p>/);
  expect(readFileSync(join(folder, 'site/notebooks/first.png')).toString('base64')).toBe(pixel);
  const guide = page(folder, 'README.html');
  expect(guide).toContain('href="CONTRIBUTING.html#how"');
  expect(guide).toContain('href="notebooks/first.html"');
  expect(page(folder, 'data/numbers.csv')).toBe('1,2\n');
  expect(page(folder, 'notebooks/first.html')).toContain('<a href="../README.html">README</a>');
  expect(page(folder, 'notebooks/first.html').length).toBeLessThan(30_000);
});

test('what is undocumented or leads nowhere is listed', async () => {
  const folder = await project({
    'src/sums.ts': `import type { Hidden } from './hidden.js';
/** Adds one, unlike {@link previous}. */
export function next(n: Hidden): number {
  return n.value + 1;
}
export const zero: number = 0;
/** How. */
export interface Options {
  readonly kind: 'options';
  readonly step: number;
}
`,
    'src/hidden.ts': 'export interface Hidden { readonly value: number }\n',
    'README.md': `# A project

It adds.

[No file](nowhere.md), [no part](CONTRIBUTING.md#why), [no server](https://example), [not safe](http://example.org/), ![far](https://example.org/far.png).

# Again
`,
  });
  const { problems } = await buildSite(folder, join(folder, 'site'));
  expect([...problems].sort()).toEqual([
    expect.stringContaining('Failed to resolve link to "previous"'),
    expect.stringContaining('Hidden, defined in fixture/src/hidden.ts, is referenced by sums.next'),
    'README.html links to CONTRIBUTING.html#why, but CONTRIBUTING.html has no such part.',
    'README.html links to http://example.org/, which leads nowhere.',
    'README.html links to https://example/, which leads nowhere.',
    'README.html links to nowhere.md, which leads nowhere.',
    'README.html loads https://example.org/far.png from outside the site.',
    "The README's table of notebooks has no row with a link to notebooks/first.ipynb and its time.",
    expect.stringContaining('sums.Options.step (Property)'),
    expect.stringContaining('sums.zero (Variable)'),
  ]);
});

test('the command fails where something is amiss, and says what', async () => {
  const folder = await project({ 'src/index.ts': "export * as sums from './sums.js';\n" });
  const command = [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, '.ci/site/main.ts')];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  expect(stderr).toContain('sums (Namespace)');
  expect(status).toBe(1);
});
