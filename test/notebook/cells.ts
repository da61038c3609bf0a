import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  type Cell,
  type CodeCell,
  joined,
  type Notebook,
  type Output,
} from '../../src/notebook/format/notebook.js';

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

/** A new empty folder, removed when the test file that asked for it is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dcl-lab-test-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The notebook as a run once left it: each cell with a count and an output of its own. */
export function withOutputs(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell, index): Cell => {
    if (cell.cell_type !== 'code') return cell;
    const earlier: Output = { output_type: 'stream', name: 'stdout', text: [`earlier ${index + 1}`] };
    return { ...cell, execution_count: index + 1, outputs: [earlier] };
  });
  return { ...notebook, cells };
}

export function outputsOf(notebook: Notebook, index: number): readonly Output[] {
  return (notebook.cells[index] as CodeCell).outputs;
}

export function printed(notebook: Notebook, index: number): string {
  return outputsOf(notebook, index)
    .map((output) => (output.output_type === 'stream' ? joined(output.text) : ''))
    .join('');
}

/** What the cells printed, without their code. */
export function textOf(notebook: Notebook): string {
  return notebook.cells
    .map((cell, index) => (cell.cell_type === 'code' ? printed(notebook, index) : ''))
    .join('');
}

/** How many charts it holds, each as data and as picture. */
export function chartsOf(notebook: Notebook): number {
  return notebook.cells
    .flatMap((cell) => (cell.cell_type === 'code' ? (cell as CodeCell).outputs : []))
    .filter((output) => output.output_type === 'display_data' && 'image/png' in output.data)
    .filter((output) => 'data' in output && 'application/vnd.plotly.v1+json' in output.data).length;
}
