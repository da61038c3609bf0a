import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { build } from '../../src/notebook/index.js';
import { temporaryFolder } from './cells.js';

test('the committed notebooks match their sources; if not, run: npm run notebooks', async () => {
  expect(await build(fileURLToPath(new URL('../../notebooks', import.meta.url)), { check: true })).toEqual(
    [],
  );
});

test('a notebook is written once and again only when its source changes', async () => {
  const folder = temporaryFolder();
  const [source, notebook] = [join(folder, 'one.ts'), join(folder, 'one.ipynb')];
  writeFileSync(source, '// %%\nconsole.log(1);\n');
  expect(await build(folder, { check: true })).toEqual([notebook]);
  expect(await build(folder)).toEqual([notebook]);
  const first = readFileSync(notebook, 'utf8');
  expect(await build(folder)).toEqual([]);
  expect(readFileSync(notebook, 'utf8')).toBe(first);
  writeFileSync(source, '// %%\nconsole.log(2);\n');
  expect(await build(folder)).toEqual([notebook]);
  expect(readFileSync(notebook, 'utf8')).not.toBe(first);
});

test('a source that cannot be read is named with its file and line', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'bad.ts'), 'const early = 1;');
  await expect(build(folder)).rejects.toThrow(/bad\.ts, line 1/);
});
