import { type ColumnTable, table } from 'arquero';
import { requireOneOf } from '../errors.js';
import { grouped, varying } from './arms.js';
import { type Measure, measureColumns } from './columns.js';
import { meanInterval } from './interval.js';
import { type Results, rowsOf } from './results.js';
import type { ResultRow } from './row.js';

/**
 * A measure over the seeds of each setting: a row for each combination of the settings that vary, with the number of
 * seeds `n`, the `mean`, and the ends `low` and `high` of its 95 % Student's t interval (null for one seed).
 * @throws InputError for a measure that does not exist
 */
export function summarise(results: Results, measure: Measure = 'knnTop1', level = 0.95): ColumnTable {
  requireOneOf('measure', measure, Object.keys(measureColumns));
  const rows = rowsOf(results);
  const settings = varying(rows);
  const summaries = grouped(rows, settings).map((group) => {
    const { n, mean, low, high } = meanInterval(
      group.map((row) => row[measure]),
      level,
    );
    return { ...group[0]!, n, mean, low, high };
  });
  const names = [...settings, 'n', 'mean', 'low', 'high'] as (keyof ResultRow)[];
  return table(Object.fromEntries(names.map((name) => [name, summaries.map((summary) => summary[name])])));
}
