import { distinct } from '../experiments/arms.js';
import type { Results } from '../experiments/index.js';
import { rowsOf } from '../experiments/results.js';
import type { Figure } from './figure.js';
import { requireOneFactor, type SweepFigureOptions, sharedSettings, sweepLayout } from './sweep-layout.js';
import { seriesByLoss, sweepTraces } from './sweep-series.js';

/**
 * Coefficient of variation C_v of q (standard deviation / mean) in the last epoch of training against batch size, a line
 * for each loss. DCL and DCLW do not multiply by q; theirs is what InfoNCE would multiply by.
 * @throws InputError where the trials differ in more than batch size, loss and seed (choose by `experiments.arm`)
 */
export function variationInTraining(
  results: Results,
  options: Omit<SweepFigureOptions, 'measure'> = {},
): Figure {
  const factor = 'batchSize';
  const rows = rowsOf(results);
  requireOneFactor(rows, factor);
  const described = sharedSettings(rows, factor, 'q of the batches reported in the last epoch');
  const layout = sweepLayout({
    factor,
    title: options.title ?? 'How much q varies in training, by batch size',
    y: 'coefficient of variation C<sub>v</sub> of q',
    subtitle: options.subtitle?.split('<br>') ?? described,
    ticks: distinct(rows, factor),
    yaxis: { rangemode: 'tozero' },
  });
  return { data: sweepTraces(seriesByLoss(rows, factor, (row) => row.variationQ)), layout };
}
