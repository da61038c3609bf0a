import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ColumnTable, fromCSV, table } from 'arquero';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { onDisk } from '../train/run-files.js';
import { computedBy } from './computed-by.js';
import { libraryVersion } from './versions.js';

/**
 * What a cell of a saved table may hold. Lists are written as JSON, bytes in base64. An empty text and no bytes are empty
 * cells, which come back as null.
 */
export type Saved = number | string | null | readonly number[] | readonly string[] | Uint8Array;

/** Rows of one kind, each with the same columns. */
export type SavedRow = Readonly<Record<string, Saved>>;

/** A table as it was saved, and where it comes from. */
export interface SavedTable {
  /** Its columns with the types that they were written with. */
  readonly table: ColumnTable;
  /** What the writer gave, and `computedBy`: time, engine, processor and versions. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

type Kind = 'number' | 'text' | 'list' | 'bytes';

/** The JSON file beside the CSV. */
interface Description {
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly rows: number;
  readonly sha256: string;
  readonly columns: Readonly<Record<string, Kind>>;
}

/**
 * Saves rows as `PATH.csv`, and beside it as `PATH.json` where they come from: what the caller says, this library's
 * version, the engine, the machine, the time, the columns' kinds and a checksum. Each file is whole or not there.
 * @param path - without extension, such as `data/01-npc-analysis`
 * @param provenance - settings, seed, data set, in values that JSON can hold
 * @throws InputError without rows, for rows whose columns differ, and where a file cannot be written
 */
export async function writeTable(
  path: string,
  rows: readonly SavedRow[],
  provenance: Readonly<Record<string, unknown>>,
): Promise<void> {
  const columns = kindsOf(rows);
  const values = Object.keys(columns).map((name) => [name, rows.map((row) => written(row[name]!))]);
  const csv = table(Object.fromEntries(values)).toCSV();
  const description: Description = {
    provenance: { ...provenance, computedBy: { dclLab: libraryVersion, ...computedBy() } },
    rows: rows.length,
    sha256: sha256(csv),
    columns,
  };
  await onDisk(`The table cannot be written to ${dirname(path)}`, async () => {
    await writeDurably(`${path}.csv`, csv);
    await writeDurably(`${path}.json`, `${JSON.stringify(description, null, 2)}\n`);
  });
}

/**
 * A table that `writeTable` saved.
 * @param path - without extension
 * @throws InputError where one of its two files is missing or damaged, or they do not belong together
 */
export async function readTable(path: string): Promise<SavedTable> {
  const read = (file: string) =>
    onDisk(`The saved table ${file} cannot be read`, () => readFile(file, 'utf8'));
  const csv = await read(`${path}.csv`);
  const { provenance, columns, ...description } = described(await read(`${path}.json`), path);
  if (sha256(csv) !== description.sha256) {
    throw new InputError(
      `${path}.csv is not the table that ${path}.json describes: restore both files, or compute them again.`,
    );
  }
  const parse = Object.fromEntries(Object.entries(columns).map(([name, kind]) => [name, readers[kind]]));
  return { table: fromCSV(csv, { autoType: false, parse }), provenance };
}

const readers: Readonly<Record<Kind, (text: string) => Saved>> = {
  number: Number,
  text: String,
  list: (text) => JSON.parse(text),
  bytes: (text) => Uint8Array.from(Buffer.from(text, 'base64')),
};

function written(value: Saved): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** @throws InputError where rows are missing, or have other columns or kinds than the first */
function kindsOf(rows: readonly SavedRow[]): Readonly<Record<string, Kind>> {
  const [first] = rows;
  if (first === undefined) throw new InputError('There are no rows to save.');
  const names = Object.keys(first);
  for (const [index, row] of rows.entries()) {
    if (Object.keys(row).join() === names.join()) continue;
    throw new InputError(`Row ${index} has the columns ${Object.keys(row)}; the first has ${names}.`);
  }
  return Object.fromEntries(names.map((name) => [name, kindOf(name, rows)]));
}

function kindOf(name: string, rows: readonly SavedRow[]): Kind {
  const kinds = new Set(
    rows.map((row): Kind => {
      const value = row[name];
      if (typeof value === 'string') return 'text';
      if (value instanceof Uint8Array) return 'bytes';
      return Array.isArray(value) ? 'list' : 'number';
    }),
  );
  if (kinds.size > 1) throw new InputError(`The column ${name} mixes ${[...kinds].join(' and ')}.`);
  return [...kinds][0]!;
}

function described(text: string, path: string): Description {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}.json is damaged: ${(error as Error).message}.`);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
