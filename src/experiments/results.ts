import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ColumnTable, fromArrow, fromCSV, table } from 'arquero';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import { columns } from './columns.js';
import type { ResultRow } from './row.js';
import { readRows } from './sweep-folder.js';

/** An Arquero table of finished trials, a row each: settings, seed, measures, versions and times (`columns` in the JSON file beside it). */
export type Results = ColumnTable;

/** The rows as a table. */
export function tableOf(rows: readonly ResultRow[]): Results {
  const names = Object.keys(columns) as (keyof ResultRow)[];
  return table(Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])));
}

/** The rows of a table, as they were. */
export function rowsOf(results: Results): ResultRow[] {
  return results.objects() as ResultRow[];
}

/**
 * The finished trials of a sweep, also while it is under way.
 * @param path - the sweep's folder, or a `.csv` or `.arrow` file of results
 * @throws InputError where there are no results, or the file holds something else
 */
export async function readResults(path: string): Promise<Results> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return tableOf((await readRows(path)).rows);
  const bytes = await onDisk(`The results ${path} cannot be read`, () => readFile(path));
  return requireColumns(path.endsWith('.arrow') ? readArrow(bytes, path) : readCsv(bytes), path);
}

function readCsv(bytes: Buffer): Results {
  const parse = Object.fromEntries(
    Object.entries(columns).map(([name, { kind }]) => [name, kind === 'number' ? numberOf : String]),
  );
  const text = bytes.toString('utf8').trimEnd();
  // Arquero's reader needs a row.
  if (!text.includes('\n')) return table(Object.fromEntries(text.split(',').map((name) => [name, []])));
  return fromCSV(text, { autoType: false, parse });
}

function numberOf(text: string | null): number | null {
  return text === '' || text === null ? null : Number(text);
}

function readArrow(bytes: Buffer, path: string): Results {
  try {
    return fromArrow(new Uint8Array(bytes));
  } catch (error) {
    throw new InputError(`${path} is no Arrow file that can be read: ${(error as Error).message}.`);
  }
}

function requireColumns(results: Results, path: string): Results {
  const missing = Object.keys(columns).filter((name) => !results.columnNames().includes(name));
  if (missing.length > 0)
    throw new InputError(`${path} is no table of results: it has no ${missing.join(', ')}.`);
  return results;
}

/** Writes the tables of a sweep's folder, `results.csv`, `results.arrow` and `results.json`. */
export async function writeTables(folder: string): Promise<void> {
  const { spec, rows } = await readRows(folder);
  await writeResults(join(folder, 'results'), tableOf(rows), { spec });
}

/**
 * Writes a table of results as CSV and as Arrow (IPC file format), and beside them as JSON where it comes from: what each
 * column means, checksums, and what the caller adds. Each file is whole or not there.
 * @param path - without extension, such as `data/batch-size`
 * @param provenance - such as the spec, the command and the machine
 * @throws InputError where a file cannot be written
 */
export async function writeResults(path: string, results: Results, provenance: object = {}): Promise<void> {
  const csv = results.toCSV();
  const arrow = results.toArrowIPC({ format: 'file' });
  const description = {
    ...provenance,
    rows: results.numRows(),
    sha256: { csv: sha256(csv), arrow: sha256(arrow) },
    columns: Object.fromEntries(Object.entries(columns).map(([name, { meaning }]) => [name, meaning])),
  };
  await onDisk(`The results cannot be written to ${dirname(path)}`, async () => {
    await writeDurably(`${path}.csv`, csv);
    await writeDurably(`${path}.arrow`, arrow);
    await writeDurably(`${path}.json`, `${JSON.stringify(description, null, 2)}\n`);
  });
}

function sha256(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}
