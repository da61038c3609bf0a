import { distinct } from '../experiments/arms.js';
import { arm, compare, type Results } from '../experiments/index.js';
import { rowsOf } from '../experiments/results.js';
import type { Figure } from './figure.js';
import { lossName } from './names.js';
import {
  type AxisFactor,
  accuracyNames,
  placesOf,
  requireOneFactor,
  type SweepFigureOptions,
  sharedSettings,
  sweepLayout,
} from './sweep-layout.js';
import { sweepTraces } from './sweep-series.js';

/** As {@link SweepFigureOptions}, with the axis and the loss to subtract. */
export interface DifferenceByFactorOptions extends SweepFigureOptions {
  /** Setting on the axis; `batchSize` by default. */
  readonly factor?: AxisFactor;
  /** Loss that the others are compared with; `infonce` by default. */
  readonly baseline?: string;
}

/**
 * Accuracy of each loss less that of the baseline, in points, against a factor: mean over seeds of the paired differences
 * with its 95 % t-interval, each seed as a dot. Where the interval lies above 0, the loss is better at that setting.
 * @throws InputError where trials differ in more than the factor, the loss and the seed, where the losses have other
 *   seeds (`experiments.compare`), or where no trial has the baseline's loss
 */
export function differenceByFactor(results: Results, options: DifferenceByFactorOptions = {}): Figure {
  const { factor = 'batchSize', baseline = 'infonce', measure = 'knnTop1' } = options;
  const rows = rowsOf(results);
  requireOneFactor(rows, factor);
  const places = placesOf(rows, factor);
  const a = arm(results, { loss: baseline });
  const losses = distinct(rows, 'loss').filter((loss) => loss !== baseline);
  const series = losses.map((loss) => {
    const b = arm(results, { loss });
    const points = places.map((x) => {
      const at = { [factor]: x };
      const { differences } = compare(arm(a, at), arm(b, at), { measure });
      return { x, values: differences.map((difference) => 100 * difference) };
    });
    return { name: `${lossName(loss)} less ${lossName(baseline)}`, points };
  });
  const measured = `paired by seed; last epoch, ${rows[0]!.testImages} test images`;
  const zero = { zeroline: true, zerolinecolor: '#222222', zerolinewidth: 2 };
  const layout = sweepLayout({
    factor,
    title: options.title ?? `Accuracy less that of ${lossName(baseline)}`,
    y: `difference of ${accuracyNames[measure]} accuracy (points)`,
    subtitle: options.subtitle?.split('<br>') ?? sharedSettings(rows, factor, measured),
    ticks: places,
    yaxis: zero,
  });
  return { data: sweepTraces(series), layout: { ...layout, showlegend: true } };
}
