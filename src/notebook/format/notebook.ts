import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import type { JsonObject } from '../protocol/message.js';

/** An output of a code cell, as nbformat 4.5 stores it. */
export type Output =
  | {
      readonly output_type: 'stream';
      readonly name: 'stdout' | 'stderr';
      readonly text: string | readonly string[];
    }
  | { readonly output_type: 'display_data'; readonly data: JsonObject; readonly metadata: JsonObject }
  | {
      readonly output_type: 'execute_result';
      readonly data: JsonObject;
      readonly metadata: JsonObject;
      readonly execution_count: number | null;
    }
  | {
      readonly output_type: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

export interface CellMetadata {
  readonly tags?: readonly string[];
  readonly [key: string]: unknown;
}

interface CellBase {
  readonly id: string;
  readonly metadata: CellMetadata;
  readonly source: string | readonly string[];
}

export interface CodeCell extends CellBase {
  readonly cell_type: 'code';
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

export interface TextCell extends CellBase {
  readonly cell_type: 'markdown' | 'raw';
}

export type Cell = CodeCell | TextCell;

/** A Jupyter notebook in nbformat 4.5. */
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/** Text that nbformat may store as a list of lines. */
export function joined(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('');
}

/**
 * Reads a notebook file.
 * @throws InputError when the file is missing, is not JSON or is no notebook of nbformat 4
 */
export async function read(path: string): Promise<Notebook> {
  let notebook: Partial<Notebook>;
  try {
    notebook = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InputError(`cannot read the notebook ${path}: ${(error as Error).message}`);
  }
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new InputError(`${path} is no Jupyter notebook of format 4 (nbformat is ${notebook.nbformat})`);
  }
  return notebook as Notebook;
}

/**
 * Writes a notebook file, whole or not at all.
 * @throws InputError naming the path and the system's reason
 */
export async function write(path: string, notebook: Notebook): Promise<void> {
  try {
    await writeDurably(path, serialise(notebook));
  } catch (error) {
    throw new InputError(`the notebook cannot be written to ${path}: ${(error as Error).message}`);
  }
}

/** The text of a notebook file: source and stream text as lists of lines, as Jupyter itself saves it. */
export function serialise(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const source = lines(joined(cell.source));
    if (cell.cell_type !== 'code') return { ...cell, source };
    return { ...cell, source, outputs: cell.outputs.map(storedOutput) };
  });
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

function storedOutput(output: Output): Output {
  return output.output_type === 'stream' ? { ...output, text: lines(joined(output.text)) } : output;
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}
