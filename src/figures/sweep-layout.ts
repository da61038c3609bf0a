/** What the figures of a sweep share: one of its factors as the axis, and what all trials have in common below the title. */
import { InputError } from '../errors.js';
import { distinct, varying } from '../experiments/arms.js';
import type { ResultRow } from '../experiments/row.js';
import { baseLayout } from './figure.js';
import { methodName } from './names.js';

/** Factors that can be an axis. */
export type AxisFactor = 'batchSize' | 'epochs' | 'temperature' | 'learningRate' | 'queueSize';

/** Which accuracy a figure of a sweep shows, and what stands above it. */
export interface SweepFigureOptions {
  /** `knnTop1` (default) or `linearTop1`. */
  readonly measure?: 'knnTop1' | 'linearTop1';
  /** Default: the figure's own, such as `Accuracy against batch size`. */
  readonly title?: string;
  /** Default: the settings that all trials share, and the number of seeds. */
  readonly subtitle?: string;
}

/** How the accuracies are called. */
export const accuracyNames = { knnTop1: 'kNN', linearTop1: 'linear' } as const;

const axisTitles: Readonly<Record<AxisFactor, string>> = {
  batchSize: 'batch size N (images, logarithmic)',
  epochs: 'epochs of pretraining (logarithmic)',
  temperature: 'temperature τ (logarithmic)',
  learningRate: 'highest learning rate at a batch of 128 (logarithmic)',
  queueSize: 'queue size K (embeddings, logarithmic)',
};

/** @throws InputError where there are no trials, or where they differ in more than the factor, the loss and the seed */
export function requireOneFactor(rows: readonly ResultRow[], factor: AxisFactor): void {
  if (rows.length === 0) throw new InputError('There are no trials to draw.');
  const others = varying(rows).filter((name) => name !== factor && name !== 'loss');
  if (others.length === 0) return;
  const list = others.map((name) => `${name} (${distinct(rows, name).join(', ')})`).join(', ');
  throw new InputError(
    `A figure of a sweep against ${factor} shows trials that differ in nothing else but loss and seed; these differ in ` +
      `${list}. Choose by experiments.arm.`,
  );
}

/** Where a trial stands on the axis. @throws InputError where it has no such setting */
export function placeOf(row: ResultRow, factor: AxisFactor): number {
  const place = row[factor];
  if (place !== null) return place;
  throw new InputError(
    `A trial of ${row.method} has no ${factor}; choose by experiments.arm those that have.`,
  );
}

/** The places of all trials, each once. @throws InputError as `placeOf` does */
export function placesOf(rows: readonly ResultRow[], factor: AxisFactor): number[] {
  return [...new Set(rows.map((row) => placeOf(row, factor)))];
}

interface SweepTitles {
  readonly factor: AxisFactor;
  readonly title: string;
  readonly y: string;
  /** Lines below the title. */
  readonly subtitle: readonly string[];
  /** Where the axis has its ticks. */
  readonly ticks: readonly number[];
  /** Series with a line of their own in the legend. */
  readonly legendLines?: number;
  /** Plotly's settings of the vertical axis, besides those that all figures share. */
  readonly yaxis?: object;
}

export function sweepLayout(titles: SweepTitles): Record<string, unknown> {
  const { factor, title, y, subtitle, ticks, legendLines = 0 } = titles;
  const layout = baseLayout({ title, subtitle: [subtitle.join('<br>')], x: axisTitles[factor], y });
  const tickvals = [...new Set(ticks)].sort((a, b) => a - b);
  const xaxis = {
    ...(layout.xaxis as object),
    type: 'log',
    tickmode: 'array',
    tickvals,
    ticktext: tickvals.map(String),
  };
  // Room for the lines below the title and for the legend's.
  const lines = subtitle.length;
  const margin = { l: 80, r: 30, t: 72 + 20 * lines, b: 70 };
  const yaxis = { ...(layout.yaxis as object), ...titles.yaxis };
  return { ...layout, xaxis, yaxis, margin, height: 540 + 20 * lines + 32 * legendLines };
}

/** What all trials share, in lines. @param measured - what the numbers are of */
export function sharedSettings(rows: readonly ResultRow[], factor: AxisFactor, measured: string): string[] {
  const [row] = rows as [ResultRow];
  const seeds = distinct(rows, 'seed').length;
  const encoder = `${row.architecture}${row.width === null ? '' : ` of width ${row.width}`}`;
  const settings: Readonly<Record<AxisFactor, string>> = {
    queueSize: row.queueSize === null ? '' : `queue of ${row.queueSize}`,
    epochs: `${row.epochs} ${row.epochs === 1 ? 'epoch' : 'epochs'}`,
    batchSize: `batch size ${row.batchSize}`,
    temperature: `temperature ${row.temperature}`,
    learningRate: `learning rate ${row.learningRate} at a batch of 128 (${row.learningRateRule})`,
  };
  const others = (Object.keys(settings) as AxisFactor[]).filter((name) => name !== factor);
  const drawn = seeds === 1 ? 'one seed, no interval' : `${seeds} seeds (dots), mean and 95 % t-interval`;
  return [
    `${row.data}, ${encoder}, ${methodName(row.method)}`,
    others
      .map((name) => settings[name])
      .filter((text) => text !== '')
      .join(', '),
    `${drawn}; ${measured}`,
  ];
}
