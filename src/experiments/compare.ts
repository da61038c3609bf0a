import { type ColumnTable, table } from 'arquero';
import { InputError, requireOneOf } from '../errors.js';
import { arm, type ComparedFactor, comparedColumns, distinct, grouped, stated, varying } from './arms.js';
import { type Measure, measureColumns } from './columns.js';
import { type MeanInterval, meanInterval, type Verdict, verdict } from './interval.js';
import { type Results, rowsOf } from './results.js';
import type { ResultRow } from './row.js';

/** What {@link compare} holds side by side. */
export interface CompareOptions {
  /** The one setting in which the arms differ; `loss` by default. */
  readonly factor?: ComparedFactor;
  /** What is compared; `knnTop1` by default. */
  readonly measure?: Measure;
  /** Of the interval; 0.95 by default. */
  readonly level?: number;
}

/** Two arms that differ in one factor alone, measured with the same seeds. */
export interface Comparison {
  /** The one setting in which the arms differ. */
  readonly factor: ComparedFactor;
  /** What was compared. */
  readonly measure: Measure;
  /** The factor's value in each arm. */
  readonly a: string | number | null;
  /** The factor's value in the second arm. */
  readonly b: string | number | null;
  /** Those that both arms were trained with, ascending. */
  readonly seeds: readonly number[];
  /** The measure in b less that in a, for each seed. */
  readonly differences: readonly number[];
  /** Of the differences: a paired Student's t interval. */
  readonly difference: MeanInterval;
  /** Whether the measure is higher or lower in b, as the interval tells. */
  readonly verdict: Verdict;
  /** All of it in a sentence. */
  readonly text: string;
}

/**
 * Compares two arms seed by seed: rows of `readResults`, such as `arm(results, { loss: 'dcl', batchSize: 32 })`.
 *
 * @throws InputError listing every difference where anything but the factor and the seeds differs, within an arm or
 *   between the two (temperature, head, views, learning-rate rule, loss scale, epochs, images, versions, engine), and
 *   where the arms have other seeds, or one of them twice
 */
export function compare(a: Results, b: Results, options: CompareOptions = {}): Comparison {
  const { factor = 'loss', measure = 'knnTop1', level = 0.95 } = options;
  requireOneOf('factor', factor, comparedColumns);
  requireOneOf('measure', measure, Object.keys(measureColumns));
  const arms = { a: rowsOf(a), b: rowsOf(b) };
  requireComparable(arms, factor);
  const [first, second] = [arms.a[0]![factor], arms.b[0]![factor]];
  const seeds = distinct(arms.a, 'seed').sort((x, y) => x - y);
  const of = (rows: readonly ResultRow[], seed: number) => rows.find((row) => row.seed === seed)![measure];
  const differences = seeds.map((seed) => of(arms.b, seed) - of(arms.a, seed));
  const difference = meanInterval(differences, level);
  const text = sentence(`${factor} ${second} less ${factor} ${first}`, measure, difference);
  return {
    ...{ factor, measure, a: first, b: second, seeds, differences, difference },
    verdict: verdict(difference),
    text,
  };
}

function requireComparable(arms: Readonly<Record<'a' | 'b', ResultRow[]>>, factor: ComparedFactor): void {
  const problems = (['a', 'b'] as const).flatMap((name) => [
    ...(arms[name].length === 0 ? [`${name} has no trials`] : []),
    ...comparedColumns
      .filter((column) => stated(arms[name], column).length > 1)
      .map((column) => `${name} mixes ${column} ${stated(arms[name], column).join(' and ')}`),
  ]);
  if (problems.length === 0) problems.push(...differencesBetween(arms, factor), ...seedProblems(arms));
  if (problems.length > 0) {
    throw new InputError(
      `This is no comparison of ${factor}: ${problems.join('; ')}. Choose arms (experiments.arm) in which ${factor} alone differs.`,
    );
  }
}

function differencesBetween(
  { a, b }: Readonly<Record<'a' | 'b', ResultRow[]>>,
  factor: ComparedFactor,
): string[] {
  const differing = varying([...a, ...b]);
  const confounds = differing
    .filter((column) => column !== factor)
    .map((column) => `${column} is ${shown(a, column)} in a and ${shown(b, column)} in b`);
  if (differing.includes(factor)) return confounds;
  return [`${factor} is ${shown(a, factor)} in both`, ...confounds];
}

function shown(rows: readonly ResultRow[], column: keyof ResultRow): string {
  return stated(rows, column).join() || 'none';
}

function seedProblems(arms: Readonly<Record<'a' | 'b', ResultRow[]>>): string[] {
  const seeds = (rows: readonly ResultRow[]) => rows.map(({ seed }) => seed).sort((x, y) => x - y);
  const repeated = (['a', 'b'] as const).filter(
    (name) => new Set(seeds(arms[name])).size < arms[name].length,
  );
  if (repeated.length > 0) return repeated.map((name) => `${name} has a seed twice (${seeds(arms[name])})`);
  if (String(seeds(arms.a)) === String(seeds(arms.b))) return [];
  return [`the seeds are ${seeds(arms.a)} in a and ${seeds(arms.b)} in b`];
}

/** Accuracies in points, everything else as it is. */
function sentence(what: string, measure: Measure, { n, mean, low, high, level }: MeanInterval): string {
  const isAccuracy = measure === 'knnTop1' || measure === 'linearTop1';
  const shownAs = (value: number) => (isAccuracy ? (100 * value).toFixed(2) : value.toPrecision(3));
  const sign = mean > 0 ? '+' : '';
  const unit = isAccuracy ? ' points' : '';
  const interval =
    low === null || high === null
      ? 'one seed, so no interval'
      : `${100 * level} % t-interval ${shownAs(low)} to ${shownAs(high)}, ${n} seeds`;
  return `${what}: ${sign}${shownAs(mean)}${unit} of ${measure} (${interval})`;
}

/** Which two values of the factor {@link comparisons} holds side by side, everywhere else alike. */
export interface ComparisonsOptions extends CompareOptions {
  /** The factor's value to start from, such as `infonce`. */
  readonly a: string | number;
  /** The factor's value to compare with it, such as `dcl`. */
  readonly b: string | number;
}

/**
 * `compare` for every combination of the other settings, such as DCL with InfoNCE at each batch size: a table with the
 * settings that vary, the number of seeds `n`, the `difference` of b less a with the ends of its interval, `low` and
 * `high`, in the measure's unit, and the `verdict`, whether b is higher or lower.
 * @throws InputError where `compare` does, or where a value is not there
 */
export function comparisons(results: Results, { a, b, ...options }: ComparisonsOptions): ColumnTable {
  const { factor = 'loss' } = options;
  const rows = [a, b].flatMap((value) => rowsOf(arm(results, { [factor]: value })));
  const others = varying(rows).filter((name) => name !== factor && name !== 'engine' && name !== 'device');
  const compared = grouped(rows, others).map(([row]) => {
    const settings = Object.fromEntries(others.map((name) => [name, row![name]]));
    const [armA, armB] = [a, b].map((value) => arm(results, { ...settings, [factor]: value }));
    const { difference, verdict } = compare(armA!, armB!, options);
    const { n, mean, low, high } = difference;
    return { ...settings, n, difference: mean, low, high, verdict } as Readonly<Record<string, unknown>>;
  });
  const names = [...others, 'n', 'difference', 'low', 'high', 'verdict'];
  return table(Object.fromEntries(names.map((name) => [name, compared.map((entry) => entry[name])])));
}
