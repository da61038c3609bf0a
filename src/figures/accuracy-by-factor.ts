import type { PublishedResults, Results } from '../experiments/index.js';
import { rowsOf } from '../experiments/results.js';
import type { Figure } from './figure.js';
import { type PublishedFactor, publishedTraces } from './published-traces.js';
import {
  type AxisFactor,
  accuracyNames,
  placesOf,
  requireOneFactor,
  type SweepFigureOptions,
  sharedSettings,
  sweepLayout,
} from './sweep-layout.js';
import { seriesByLoss, sweepTraces } from './sweep-series.js';

/** As {@link SweepFigureOptions}, with others' results beside one's own. */
export interface PublishedOptions extends SweepFigureOptions {
  /** What `experiments.published` gives, drawn with hollow marks and named as published; those with a known defect are left out. */
  readonly published?: PublishedResults;
}

interface FactorFigure {
  readonly factor: AxisFactor;
  readonly title: string;
}

/**
 * Mean accuracy over seeds with its 95 % t-interval, and each seed as a dot, a line for each loss.
 * @throws InputError where there are no trials, or where they differ in more than the factor, the loss and the seed
 */
export function accuracyByFactor(
  results: Results,
  { factor, title }: FactorFigure,
  options: PublishedOptions = {},
): Figure {
  const { measure = 'knnTop1' } = options;
  const rows = rowsOf(results);
  requireOneFactor(rows, factor);
  const others = options.published
    ? publishedTraces(options.published, factor as PublishedFactor, measure)
    : { data: [], leftOut: 0, values: [] };
  const measured = `last epoch, ${rows[0]!.testImages} test images`;
  const leftOut = `${others.leftOut} published values with a known defect are left out`;
  const described = [...sharedSettings(rows, factor, measured), ...(others.leftOut > 0 ? [leftOut] : [])];
  const layout = sweepLayout({
    factor,
    title: options.title ?? title,
    y: `${accuracyNames[measure]}, top-1 accuracy (%)`,
    subtitle: options.subtitle?.split('<br>') ?? described,
    ticks: [...placesOf(rows, factor), ...others.values],
    legendLines: others.data.length,
  });
  const data = sweepTraces(seriesByLoss(rows, factor, (row) => 100 * row[measure]));
  return { data: [...data, ...others.data], layout };
}
