import { readFile } from 'node:fs/promises';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import type { JsonObject } from '../protocol/message.js';

/** An output of a code cell, as nbformat 4.5 stores it. */
export type Output =
  | {
      readonly output_type: 'stream';
      /** Which of the process's two streams. */
      readonly name: 'stdout' | 'stderr';
      /** What was printed, whole or as a list of lines. */
      readonly text: string | readonly string[];
    }
  | {
      readonly output_type: 'display_data';
      /** The value in several forms, by MIME type. */
      readonly data: JsonObject;
      /** Of the forms, such as `width` of a picture, by MIME type. */
      readonly metadata: JsonObject;
    }
  | {
      readonly output_type: 'execute_result';
      /** The value in several forms, by MIME type. */
      readonly data: JsonObject;
      /** Of the forms, such as `width` of a picture, by MIME type. */
      readonly metadata: JsonObject;
      /** Number of the cell among the executed ones. */
      readonly execution_count: number | null;
    }
  | {
      readonly output_type: 'error';
      /** Name of the error. */
      readonly ename: string;
      /** Its message. */
      readonly evalue: string;
      /** Its stack, line by line, coloured for a terminal. */
      readonly traceback: readonly string[];
    };

/** What front ends keep about a cell. */
export interface CellMetadata {
  /** Such as `parameters`, after which a run sets other values. */
  readonly tags?: readonly string[];
  readonly [key: string]: unknown;
}

interface CellBase {
  /** Unique in the notebook; in a built one it follows from the source. */
  readonly id: string;
  /** Tags, and whatever else a front end keeps. */
  readonly metadata: CellMetadata;
  /** What stands in the cell, whole or as a list of lines. */
  readonly source: string | readonly string[];
}

/** A cell that the kernel executes. */
export interface CodeCell extends CellBase {
  readonly cell_type: 'code';
  /** Its number among the executed cells; null where it was not executed. */
  readonly execution_count: number | null;
  /** What it printed, displayed or failed with, in this order. */
  readonly outputs: readonly Output[];
}

/** A cell of text. */
export interface TextCell extends CellBase {
  /** Markdown with TeX formulas, or text that is not shown. */
  readonly cell_type: 'markdown' | 'raw';
}

/** A cell of a notebook. */
export type Cell = CodeCell | TextCell;

/** A Jupyter notebook in nbformat 4.5. */
export interface Notebook {
  readonly nbformat: 4;
  /** 5 in the notebooks that are built here. */
  readonly nbformat_minor: number;
  /** Kernel and language. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** From top to bottom. */
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
