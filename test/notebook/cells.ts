import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, CodeCell, Notebook, Output } from '../../src/notebook/format/notebook.js';

/** A notebook of code cells, given as their source or as source with tags. */
export function notebookOf(...sources: (string | { source: string; tags: string[] })[]): Notebook {
  const cells = sources.map((given, index): Cell => {
    const { source, tags } = typeof given === 'string' ? { source: given, tags: [] } : given;
    return {
      cell_type: 'code',
      id: `cell-${index + 1}`,
      metadata: { tags },
      source,
      execution_count: null,
      outputs: [],
    };
  });
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

/** Writes a notebook into a folder of its own and returns its path. */
export function savedNotebook(notebook: Notebook): string {
  const path = join(temporaryFolder(), 'notebook.ipynb');
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'dcl-lab-test-'));
}

export function outputsOf(notebook: Notebook, index: number): readonly Output[] {
  return (notebook.cells[index] as CodeCell).outputs;
}

export function printed(notebook: Notebook, index: number): string {
  return outputsOf(notebook, index)
    .map((output) => (output.output_type === 'stream' ? output.text : ''))
    .join('');
}
