import { InputError } from '../errors.js';
import type { MeasureRange, Sensitivity } from '../experiments/index.js';
import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { lossName } from './names.js';
import { type SeriesStyle, seriesStyles } from './series-style.js';
import { accuracyNames } from './sweep-layout.js';

/** What stands above {@link sensitivityBars}. */
export interface SensitivityBarsOptions {
  /** Default: `How much the accuracy depends on each setting`. */
  readonly title?: string;
  /** Data set, encoder, settings around which each was varied; the seeds are added. */
  readonly subtitle?: string;
}

const settingNames: Readonly<Record<string, string>> = {
  batchSize: 'batch size',
  learningRate: 'learning rate',
};

/**
 * Range of the accuracy over each setting's values, highest less lowest, as a bar for each of the two losses: mean over
 * seeds with its t-interval, each seed as a dot.
 * @param sensitivities what `experiments.sensitivity` gives for each setting, of the same losses and accuracy
 * @throws InputError where there are none, or not of an accuracy
 */
export function sensitivityBars(
  sensitivities: readonly Sensitivity[],
  options: SensitivityBarsOptions = {},
): Figure {
  const [first] = sensitivities;
  if (first === undefined) throw new InputError('There is nothing to draw: give at least one sensitivity.');
  const { measure, seeds } = first;
  if (measure !== 'knnTop1' && measure !== 'linearTop1') {
    throw new InputError(`The bars are of an accuracy, knnTop1 or linearTop1, not of ${measure}.`);
  }
  const places = sensitivities.map(
    ({ factor, values }) => `${settingNames[factor] ?? factor}<br>${values.join(', ')}`,
  );
  const styles = seriesStyles([first.a, first.b].map(({ loss }) => lossName(loss)));
  const arms = [sensitivities.map(({ a }) => a), sensitivities.map(({ b }) => b)];
  const drawn = `${seeds.length} seeds (dots), mean and ${100 * first.a.interval.level} % t-interval`;
  const layout = baseLayout({
    title: options.title ?? 'How much the accuracy depends on each setting',
    subtitle: [options.subtitle, seeds.length === 1 ? 'one seed, no interval' : drawn],
    x: '',
    y: `${accuracyNames[measure]} accuracy, best less worst (points)`,
  });
  return {
    data: arms.flatMap((ranges, i) => bars(places, ranges, styles[i]!)),
    layout: {
      ...layout,
      barmode: 'group',
      scattermode: 'group',
      height: 520,
      legend: { ...(layout.legend as object), y: -0.2 },
      yaxis: { ...(layout.yaxis as object), rangemode: 'tozero' },
    },
  };
}

function bars(
  places: readonly string[],
  ranges: readonly MeasureRange[],
  { colour, pattern }: SeriesStyle,
): Trace[] {
  const name = lossName(ranges[0]!.loss);
  const points = (share: number) => 100 * share;
  const bar: Trace = {
    type: 'bar',
    name,
    offsetgroup: name,
    x: [...places],
    y: rounded(ranges.map(({ interval }) => points(interval.mean))),
    error_y: {
      type: 'data',
      array: rounded(ranges.map(({ interval: { mean, high } }) => points((high ?? mean) - mean))),
      visible: ranges.some(({ interval }) => interval.high !== null),
      thickness: 2,
      width: 6,
    },
    marker: { color: colour, pattern: { shape: pattern } },
  };
  if (ranges.every(({ bySeed }) => bySeed.length === 1)) return [bar];
  const dots: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: `${name}, seeds`,
    showlegend: false,
    offsetgroup: name,
    x: ranges.flatMap(({ bySeed }, i) => bySeed.map(() => places[i]!)),
    y: rounded(ranges.flatMap(({ bySeed }) => bySeed.map(points))),
    marker: { color: '#ffffff', size: 8, line: { color: '#222222', width: 1.5 } },
  };
  return [bar, dots];
}
