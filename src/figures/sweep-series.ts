import { distinct, grouped } from '../experiments/arms.js';
import { meanInterval } from '../experiments/index.js';
import type { ResultRow } from '../experiments/row.js';
import { rounded, type Trace } from './figure.js';
import { lossName } from './names.js';
import { seriesStyles } from './series-style.js';
import { type AxisFactor, placeOf } from './sweep-layout.js';

/** A line of a sweep's figure: the values of the seeds, in the axis's unit, at each place of the factor. */
export interface SweepSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly values: readonly number[] }[];
}

/** A line for each loss. */
export function seriesByLoss(
  rows: readonly ResultRow[],
  factor: AxisFactor,
  value: (row: ResultRow) => number,
): SweepSeries[] {
  return distinct(rows, 'loss').map((loss) => ({
    name: lossName(loss),
    points: grouped(
      rows.filter((row) => row.loss === loss),
      [factor],
    ).map((group) => ({ x: placeOf(group[0]!, factor), values: group.map(value) })),
  }));
}

/** The mean over seeds with its 95 % t-interval, and each seed as a dot, for a logarithmic axis. */
export function sweepTraces(series: readonly SweepSeries[]): Trace[] {
  const styles = seriesStyles(series.map(({ name }) => name));
  return series.flatMap((one, i) => {
    // Side by side, so that intervals do not hide each other.
    const shift = 1.035 ** (i - (series.length - 1) / 2);
    return lineAndDots(one, shift, styles[i]!);
  });
}

function lineAndDots(
  { name, points }: SweepSeries,
  shift: number,
  { colour, symbol }: { readonly colour: string; readonly symbol: string },
): Trace[] {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const intervals = sorted.map(({ values }) => meanInterval(values));
  const line: Trace = {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    x: rounded(sorted.map(({ x }) => x * shift)),
    y: rounded(intervals.map(({ mean }) => mean)),
    error_y: {
      type: 'data',
      array: rounded(intervals.map(({ mean, high }) => (high ?? mean) - mean)),
      visible: intervals.some(({ high }) => high !== null),
      thickness: 2,
      width: 5,
    },
    line: { color: colour, width: 3 },
    marker: { color: colour, size: 11, symbol },
  };
  if (intervals.every(({ n }) => n === 1)) return [line];
  const dots: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: `${name}, seeds`,
    showlegend: false,
    x: rounded(sorted.flatMap(({ x, values }) => values.map(() => x * shift))),
    y: rounded(sorted.flatMap(({ values }) => values)),
    marker: { color: '#ffffff', size: 6, line: { color: colour, width: 1.5 } },
  };
  return [line, dots];
}
