import { expect, test } from 'vitest';
import { withParameters } from '../../src/notebook/runner/parameters.js';
import { notebookOf } from './cells.js';

const notebook = notebookOf(
  { source: 'const images = 60_000;\nlet seed = 1;', tags: ['parameters'] },
  'train();',
);

test('values are set in a cell after the defaults, and a second time replace the first', () => {
  const once = withParameters(notebook, { images: 10, seed: 2 });
  expect(once.cells.map(({ source }) => source)).toEqual([
    'const images = 60_000;\nlet seed = 1;',
    'let images = 10;\nlet seed = 2;',
    'train();',
  ]);
  expect(withParameters(once, { images: 20 }).cells.map(({ source }) => source)[1]).toBe('let images = 20;');
  expect(withParameters(once, {})).toEqual(notebook);
});

test('a parameter the notebook does not have is refused with those it has', () => {
  expect(() => withParameters(notebook, { image: 10 })).toThrow('no parameter image; it has images, seed');
  expect(() => withParameters(notebookOf('train();'), { images: 10 })).toThrow('tag parameters');
});
