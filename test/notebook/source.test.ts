import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromSource, keepOutputs, toSource } from '../../src/notebook/index.js';
import { outputsOf } from './cells.js';

const text = `// %% [markdown]
// # A title
//
// A formula $q$ and \`code\`.

// %% tags=["parameters"]
const images = 60_000;

// %%
import * as tf from '@tensorflow/tfjs';

console.log(images); // a comment
`;

test('marks start cells, comments are text, tags are kept', () => {
  const { cells, metadata } = fromSource(text);
  expect(cells.map(({ cell_type, source }) => [cell_type, source])).toEqual([
    ['markdown', '# A title\n\nA formula $q$ and `code`.'],
    ['code', 'const images = 60_000;'],
    ['code', "import * as tf from '@tensorflow/tfjs';\n\nconsole.log(images); // a comment"],
  ]);
  expect(cells.map((cell) => cell.metadata)).toEqual([{}, { tags: ['parameters'] }, {}]);
  expect(metadata).toMatchObject({ kernelspec: { name: 'dcl-lab' }, language_info: { name: 'typescript' } });
});

test('a source is read back from its notebook', () => {
  expect(toSource(fromSource(text))).toBe(text);
  const line = fc.stringMatching(/^[a-z /%"'{}]{0,12}$/).filter((part) => !/^(\/\/ )?%%/.test(part));
  const cell = fc.tuple(fc.constantFrom('', ' [markdown]'), fc.array(line, { minLength: 1, maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (drafts) => {
      const source = drafts
        .map(
          ([kind, lines]) => `// %%${kind}\n${lines.map((part) => (kind ? `// ${part}` : part)).join('\n')}`,
        )
        .join('\n\n');
      const notebook = fromSource(source);
      expect(fromSource(toSource(notebook))).toEqual(notebook);
    }),
  );
});

test('ids depend on the cells alone and differ, also between equal cells', () => {
  const ids = (source: string) => fromSource(source).cells.map(({ id }) => id);
  expect(ids(text)).toEqual(ids(text));
  expect(ids(`// %%\nconst added = 1;\n\n${text}`).slice(1)).toEqual(ids(text));
  const repeated = ids('// %%\nstep();\n// %%\nstep();\n// %%\nstep();');
  expect(new Set(repeated).size).toBe(3);
  for (const id of repeated) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
});

test('regenerating keeps the outputs of cells that did not change', () => {
  const previous = fromSource('// %%\nfirst();\n// %%\nsecond();');
  const outputs = [{ output_type: 'stream', name: 'stdout', text: 'done' }] as const;
  const executed = {
    ...previous,
    cells: previous.cells.map((cell) => ({ ...cell, execution_count: 7, outputs })),
  } as typeof previous;
  const notebook = keepOutputs(fromSource('// %%\nadded();\n// %%\nfirst();\n// %%\nsecond(2);'), executed);
  expect([0, 1, 2].map((index) => outputsOf(notebook, index))).toEqual([[], outputs, []]);
});

test('a line that does not belong to the format is named', () => {
  expect(() => fromSource('const early = 1;\n// %%\n')).toThrow('line 1');
  expect(() => fromSource('// %% [markdown]\n// text\nconst code = 1;')).toThrow('line 3');
  expect(() => fromSource('// %% [prose]\n')).toThrow('line 1: cannot read the cell mark // %% [prose]');
  expect(() => fromSource('// %% tags=[parameters]\n')).toThrow('tags [parameters]');
});
