import type { Results } from '../experiments/index.js';
import { rowsOf } from '../experiments/results.js';
import type { Figure } from './figure.js';
import {
  type AxisFactor,
  placesOf,
  requireOneFactor,
  type SweepFigureOptions,
  sharedSettings,
  sweepLayout,
} from './sweep-layout.js';
import { seriesByLoss, sweepTraces } from './sweep-series.js';

/** As {@link SweepFigureOptions}, with the axis; what is measured is q itself. */
export interface VariationInTrainingOptions extends Omit<SweepFigureOptions, 'measure'> {
  /** Setting on the axis; `batchSize` by default. */
  readonly factor?: AxisFactor;
}

/**
 * Coefficient of variation C_v of q (standard deviation / mean) in the last epoch of training against a factor, a line
 * for each loss. DCL and DCLW do not multiply by q; theirs is what InfoNCE would multiply by.
 * @throws InputError where the trials differ in more than the factor, the loss and the seed (choose by `experiments.arm`)
 */
export function variationInTraining(results: Results, options: VariationInTrainingOptions = {}): Figure {
  const { factor = 'batchSize' } = options;
  const rows = rowsOf(results);
  requireOneFactor(rows, factor);
  const described = sharedSettings(rows, factor, 'q of the batches reported in the last epoch');
  const layout = sweepLayout({
    factor,
    title: options.title ?? 'How much q varies in training',
    y: 'coefficient of variation C<sub>v</sub> of q',
    subtitle: options.subtitle?.split('<br>') ?? described,
    ticks: placesOf(rows, factor),
    yaxis: { rangemode: 'tozero' },
  });
  return { data: sweepTraces(seriesByLoss(rows, factor, (row) => row.variationQ)), layout };
}
