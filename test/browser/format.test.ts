import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { execute, fromSource, write } from '../../src/notebook/index.js';
import { temporaryFolder } from '../notebook/cells.js';

const lab = inject('lab');
const notebooks = fileURLToPath(new URL('../../notebooks', import.meta.url));

/** By the schema, and then as Jupyter does, whose warnings (such as of two cells with one id) are errors here. */
const validate = `
import json, sys, nbformat, pathlib
for path in sys.argv[1:]:
    notebook = json.loads(pathlib.Path(path).read_text(encoding='utf-8'))
    try:
        for error in nbformat.validator.iter_validate(notebook):
            raise error
        nbformat.validate(notebook)
    except Exception as error:
        print(path, type(error).__name__, str(error)[:2000])
`;

function complaints(paths: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(lab!.python, ['-W', 'error', '-c', validate, ...paths], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

test.skipIf(lab === undefined)("the notebooks are valid by nbformat's own schema", () => {
  const paths = readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'));
  expect(complaints(paths.map((name) => join(notebooks, name)))).toBe('');
});

test.skipIf(lab === undefined)(
  'so is what is written after execution, with each kind of output',
  async () => {
    const folder = temporaryFolder();
    const [input, output] = [join(folder, 'input.ipynb'), join(folder, 'output.ipynb')];
    const source = `// %% [markdown]
// # Title

// %% tags=["parameters"]
const count = 3;

// %%
import * as dcl from 'dcl-lab';
console.log(count);
console.error('a warning');
dcl.notebook.show(dcl.figures.accuracyBars({ A: 0.4 }, { title: 'Bars', subtitle: '', chance: 0.1 }));

// %% tags=["raises-exception"]
throw new RangeError('meant to fail');
`;
    await write(input, fromSource(source));
    await execute(input, { output, parameters: { count: 4 } });
    expect(complaints([input, output])).toBe('');
  },
);

test.skipIf(lab === undefined)('a notebook that breaks the schema is noticed', async () => {
  const path = join(temporaryFolder(), 'broken.ipynb');
  const notebook = fromSource('// %%\n1 + 1;');
  await write(path, { ...notebook, cells: notebook.cells.map((cell) => ({ ...cell, id: '' })) });
  expect(complaints([path])).toContain('broken.ipynb');
});
