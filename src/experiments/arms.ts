import { InputError } from '../errors.js';
import { type Setting, settingColumns } from './columns.js';
import { type Results, rowsOf, tableOf } from './results.js';
import type { ResultRow } from './row.js';

/** What two arms of a comparison may differ in, if they differ in nothing else. */
export type ComparedFactor = Exclude<Setting, 'seed' | 'peakLearningRate'>;

/** Values of settings that rows are chosen by. */
export type ArmSettings = Readonly<Partial<Pick<ResultRow, Setting>>>;

/** Columns that must be equal: settings, and what computed. The peak learning rate follows from others of them. */
export const comparedColumns: readonly (ComparedFactor | 'engine' | 'device')[] = [
  ...(Object.keys(settingColumns) as Setting[]).filter(
    (name): name is ComparedFactor => name !== 'seed' && name !== 'peakLearningRate',
  ),
  'engine',
  'device',
];

/**
 * The rows with the given settings, such as `arm(results, { loss: 'dcl', batchSize: 32 })`.
 * @throws InputError for a setting that does not exist, or where no row has these values; it names those that there are
 */
export function arm(results: Results, settings: ArmSettings): Results {
  const rows = rowsOf(results);
  const wanted = Object.entries(settings) as [Setting, string | number | null][];
  for (const [name, value] of wanted) {
    if (!Object.hasOwn(settingColumns, name)) {
      throw new InputError(
        `There is no setting "${name}"; choose ${Object.keys(settingColumns).join(', ')}.`,
      );
    }
    const there = distinct(rows, name);
    if (!there.includes(value)) {
      throw new InputError(`No trial has ${name} ${value}; there are ${there.join(', ') || 'no trials'}.`);
    }
  }
  const chosen = rows.filter((row) => wanted.every(([name, value]) => row[name] === value));
  if (chosen.length === 0) throw new InputError(`No trial has all of ${JSON.stringify(settings)}.`);
  return tableOf(chosen);
}

/** The values of a column, each once, in the order of the rows. */
export function distinct<K extends keyof ResultRow>(rows: readonly ResultRow[], name: K): ResultRow[K][] {
  return [...new Set(rows.map((row) => row[name]))];
}

/** Settings of some losses or methods alone: without a value they say nothing. */
const ofSome: readonly string[] = ['sigma', 'queueSize', 'keyMomentum'] satisfies Setting[];

/** Values that say something: `sigma` of a loss that has none says nothing. */
export function stated(rows: readonly ResultRow[], name: keyof ResultRow): (string | number)[] {
  const values = distinct(rows, name);
  return values
    .map((value) => (value === null ? '(none)' : value))
    .filter((value) => !ofSome.includes(name) || value !== '(none)');
}

/** The compared columns in which the rows differ among themselves. */
export function varying(rows: readonly ResultRow[]): (typeof comparedColumns)[number][] {
  return comparedColumns.filter((name) => stated(rows, name).length > 1);
}

/** Rows that agree in the columns, in the order in which each group is first met. */
export function grouped(rows: readonly ResultRow[], names: readonly (keyof ResultRow)[]): ResultRow[][] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(names.map((name) => row[name]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}
