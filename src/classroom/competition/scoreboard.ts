import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ColumnTable, fromCSV, table } from 'arquero';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import { onDisk } from '../../train/run-files.js';

/** One attempt of the competition, its settings and what came out. */
export interface Score {
  /** Who entered it. */
  readonly name: string;
  /** kNN accuracy on the validation images, in percent. */
  readonly validation: number;
  /** On the test images, of the one attempt that was chosen for it; null for the others. */
  readonly test: number | null;
  /** Its name, or `own`. */
  readonly loss: string;
  /** That of the loss. */
  readonly temperature: number;
  /** Images of a step. */
  readonly batchSize: number;
  /** The highest. */
  readonly learningRate: number;
  /** Smallest share of the image's area that a view covers. */
  readonly cropFrom: number;
  /** Largest share. */
  readonly cropTo: number;
  /** Different training images. */
  readonly images: number;
  /** Passes over them. */
  readonly epochs: number;
  /** Decided all that is random. */
  readonly seed: number;
  /** Spent training. */
  readonly seconds: number;
  /** When it was entered, in UTC. */
  readonly finishedAt: string;
  /** The run's folder beside the scoreboard. */
  readonly run: string;
}

const text = (value: string) => value;
const number = (value: string) => (value === '' ? Number.NaN : Number(value));
const readers: { readonly [Column in keyof Score]: (value: string) => unknown } = {
  name: text,
  validation: number,
  test: (value) => (value === '' ? null : Number(value)),
  loss: text,
  temperature: number,
  batchSize: number,
  learningRate: number,
  cropFrom: number,
  cropTo: number,
  images: number,
  epochs: number,
  seed: number,
  seconds: number,
  finishedAt: text,
  run: text,
};

/**
 * The scores of one CSV file, or of all CSV files in a folder and those within it, such as those that a class handed in: an
 * Arquero table, those with a test score first, then by accuracy on the validation images.
 * @throws InputError where there is no such file or folder, or a file is no scoreboard
 */
export async function scoreboard(path: string): Promise<ColumnTable> {
  const scores: Score[] = [];
  for (const file of await filesIn(path)) scores.push(...(await readScores(file)));
  return sorted(scores);
}

/** As `scoreboard` gives them. */
export function sorted(scores: readonly Score[]): ColumnTable {
  const untested = -1;
  return asTable(
    scores.toSorted((a, b) => (b.test ?? untested) - (a.test ?? untested) || b.validation - a.validation),
  );
}

/** @throws InputError where the file cannot be read or is no scoreboard */
export async function readScores(file: string): Promise<Score[]> {
  const csv = await onDisk(`The scoreboard ${file} cannot be read`, () => readFile(file, 'utf8'));
  const columns = Object.keys(readers) as (keyof Score)[];
  const rows = fromCSV(csv, { autoType: false }).objects() as Readonly<Record<string, string>>[];
  return rows.map((row, index) => {
    const missing = columns.find((column) => row[column] === undefined);
    if (missing !== undefined)
      throw new InputError(`${file} is no scoreboard: it has no column '${missing}'.`);
    const score = Object.fromEntries(columns.map((column) => [column, readers[column](row[column] ?? '')]));
    const wrong = columns.find((column) => Number.isNaN(score[column]));
    if (wrong === undefined) return score as unknown as Score;
    throw new InputError(`Row ${index + 1} of ${file} has ${wrong} '${row[wrong]}', which is no number.`);
  });
}

/** @throws InputError where the file cannot be written */
export async function writeScores(file: string, scores: readonly Score[]): Promise<void> {
  const csv = asTable(scores).toCSV();
  await onDisk(`The scoreboard ${file} cannot be written`, () => writeDurably(file, csv));
}

function asTable(scores: readonly Score[]): ColumnTable {
  const columns = Object.keys(readers) as (keyof Score)[];
  return table(Object.fromEntries(columns.map((column) => [column, scores.map((score) => score[column])])));
}

async function filesIn(path: string): Promise<string[]> {
  const problem = `The scoreboard ${path} cannot be read`;
  if (!(await onDisk(problem, () => stat(path))).isDirectory()) return [path];
  const names = await onDisk(problem, () => readdir(path, { recursive: true }));
  return names
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .map((name) => join(path, name));
}
