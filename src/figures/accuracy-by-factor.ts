/** What the figures of a sweep share: an accuracy against one of its factors, a line for each loss. */
import { InputError } from '../errors.js';
import { distinct, grouped, varying } from '../experiments/arms.js';
import { meanInterval, type PublishedResults, type Results } from '../experiments/index.js';
import { rowsOf } from '../experiments/results.js';
import type { ResultRow } from '../experiments/row.js';
import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { lossName } from './loss-name.js';
import { type PublishedFactor, publishedTraces } from './published-traces.js';
import { seriesStyles } from './series-style.js';

export interface SweepFigureOptions {
  /** `knnTop1` (default) or `linearTop1`. */
  readonly measure?: 'knnTop1' | 'linearTop1';
  readonly title?: string;
  /** Default: the settings that all trials share, and the number of seeds. */
  readonly subtitle?: string;
}

export interface PublishedOptions extends SweepFigureOptions {
  /** What `experiments.published` gives, drawn with hollow marks and named as published; those with a known defect are left out. */
  readonly published?: PublishedResults;
}

/** Factors that can be an axis. */
export type AxisFactor = 'batchSize' | 'epochs' | 'temperature' | 'learningRate';

interface FactorFigure {
  readonly factor: AxisFactor;
  readonly axis: string;
  readonly title: string;
}

const measureNames = { knnTop1: 'kNN', linearTop1: 'linear' } as const;

/**
 * Mean accuracy over seeds with its 95 % t-interval, and each seed as a dot, a line for each loss.
 * @throws InputError where there are no trials, or where they differ in more than the factor, the loss and the seed
 */
export function accuracyByFactor(
  results: Results,
  { factor, axis, title }: FactorFigure,
  options: PublishedOptions = {},
): Figure {
  const { measure = 'knnTop1' } = options;
  const rows = rowsOf(results);
  requireOneFactor(rows, factor);
  const losses = distinct(rows, 'loss');
  const styles = seriesStyles(losses.map(lossName));
  const data = losses.flatMap((loss, i) => {
    const own = rows.filter((row) => row.loss === loss);
    // Side by side, so that intervals do not hide each other; the axis is logarithmic.
    const shift = 1.035 ** (i - (losses.length - 1) / 2);
    return lossTraces(own, { factor, measure, shift, colour: styles[i]!.colour });
  });
  const others = options.published
    ? publishedTraces(options.published, factor as PublishedFactor, measure)
    : { data: [], leftOut: 0, values: [] };
  const subtitle = options.subtitle ?? describe(rows, factor, others.leftOut);
  const layout = baseLayout({
    title: options.title ?? title,
    subtitle: [subtitle],
    x: axis,
    y: `${measureNames[measure]}, top-1 accuracy (%)`,
  });
  const ticks = [...new Set([...distinct(rows, factor), ...others.values])].sort((a, b) => a - b);
  const xaxis = {
    ...(layout.xaxis as object),
    type: 'log',
    tickmode: 'array',
    tickvals: ticks,
    ticktext: ticks.map(String),
  };
  // Room for the lines below the title and for the legend's.
  const lines = subtitle.split('<br>').length;
  const margin = { l: 80, r: 30, t: 72 + 20 * lines, b: 70 };
  const height = 540 + 20 * lines + 32 * others.data.length;
  return { data: [...data, ...others.data], layout: { ...layout, xaxis, margin, height } };
}

function requireOneFactor(rows: readonly ResultRow[], factor: AxisFactor): void {
  if (rows.length === 0) throw new InputError('There are no trials to draw.');
  const others = varying(rows).filter((name) => name !== factor && name !== 'loss');
  if (others.length === 0) return;
  const list = others.map((name) => `${name} (${distinct(rows, name).join(', ')})`).join(', ');
  throw new InputError(
    `A figure of accuracy against ${factor} shows trials that differ in nothing else but loss and seed; these differ in ` +
      `${list}. Choose by experiments.arm.`,
  );
}

interface LineStyle {
  readonly factor: AxisFactor;
  readonly measure: 'knnTop1' | 'linearTop1';
  readonly shift: number;
  readonly colour: string;
}

function lossTraces(rows: readonly ResultRow[], { factor, measure, shift, colour }: LineStyle): Trace[] {
  const sorted = [...rows].sort((a, b) => a[factor] - b[factor]);
  const points = grouped(sorted, [factor]).map((group) => ({
    x: group[0]![factor] * shift,
    ...meanInterval(group.map((row) => 100 * row[measure])),
  }));
  const name = lossName(rows[0]!.loss);
  const line: Trace = {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    x: rounded(points.map(({ x }) => x)),
    y: rounded(points.map(({ mean }) => mean)),
    error_y: {
      type: 'data',
      array: rounded(points.map(({ mean, high }) => (high ?? mean) - mean)),
      visible: points.some(({ high }) => high !== null),
      thickness: 2,
      width: 5,
    },
    line: { color: colour, width: 3 },
    marker: { color: colour, size: 9 },
  };
  if (points.every(({ n }) => n === 1)) return [line];
  const dots: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: `${name}, seeds`,
    showlegend: false,
    x: rounded(sorted.map((row) => row[factor] * shift)),
    y: rounded(sorted.map((row) => 100 * row[measure])),
    marker: { color: '#ffffff', size: 6, line: { color: colour, width: 1.5 } },
  };
  return [line, dots];
}

/** What all trials share, for the lines below the title. */
function describe(rows: readonly ResultRow[], factor: AxisFactor, leftOut: number): string {
  const [row] = rows as [ResultRow];
  const seeds = distinct(rows, 'seed').length;
  const encoder = `${row.architecture}${row.width === null ? '' : ` of width ${row.width}`}`;
  const settings = {
    epochs: `${row.epochs} ${row.epochs === 1 ? 'epoch' : 'epochs'}`,
    batchSize: `batch size ${row.batchSize}`,
    temperature: `temperature ${row.temperature}`,
    learningRate: `learning rate ${row.learningRate} at a batch of 128 (${row.learningRateRule})`,
  };
  const others = (Object.keys(settings) as AxisFactor[]).filter((name) => name !== factor);
  const measured = seeds === 1 ? 'one seed, no interval' : `${seeds} seeds (dots), mean and 95 % t-interval`;
  return [
    `${row.data}, ${encoder}`,
    others.map((name) => settings[name]).join(', '),
    `${measured}; last epoch, ${row.testImages} test images`,
    ...(leftOut > 0 ? [`${leftOut} published values with a known defect are left out`] : []),
  ].join('<br>');
}
