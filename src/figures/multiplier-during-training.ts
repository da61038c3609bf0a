import type { MultiplierStatistics } from '../npc/index.js';
import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { total } from './histogram-bars.js';
import { type SeriesStyle, seriesStyles } from './series-style.js';

/** The multiplier q of one training step, as a run's `step` events report it. */
export interface MultiplierStep extends MultiplierStatistics {
  /** Steps done, 1 for the first. */
  readonly step: number;
}

/** What stands above {@link multiplierDuringTraining}. */
export interface MultiplierDuringTrainingOptions {
  /** Default: `The multiplier q during training`. */
  readonly title?: string;
  /** Data set, encoder, batch size, temperature, seed. */
  readonly subtitle?: string;
}

/** A curve has about this many points: each pools the steps around it. */
const points = 20;

/**
 * The multiplier q against training step, for each name: the mean, and as a band the range from the 10th to the 90th
 * percentile of the anchors. Each of about 20 points pools the reported steps around it.
 */
export function multiplierDuringTraining(
  runs: Readonly<Record<string, readonly MultiplierStep[]>>,
  options: MultiplierDuringTrainingOptions = {},
): Figure {
  const names = Object.keys(runs);
  const styles = seriesStyles(names);
  const layout = baseLayout({
    title: options.title ?? 'The multiplier q during training',
    subtitle: [options.subtitle],
    x: 'training step',
    y: 'q (mean; band: 10 to 90 %)',
  });
  const groups = names.map((name) => grouped(runs[name]!));
  return {
    // All bands first, so that no line lies below one.
    data: [
      ...groups.map((group, i) => band(names[i]!, group, styles[i]!)),
      ...groups.map((group, i) => line(names[i]!, group, styles[i]!)),
    ],
    layout: { ...layout, yaxis: { ...(layout.yaxis as object), range: [0, 1.02] } },
  };
}

type Group = readonly MultiplierStep[];

function band(name: string, groups: readonly Group[], style: SeriesStyle): Trace {
  const x = middles(groups);
  const [low, high] = [0.1, 0.9].map((share) => groups.map((group) => quantile(pooled(group), share)));
  return {
    type: 'scatter',
    mode: 'lines',
    name,
    x: [...x, ...x.toReversed()],
    y: rounded([...high!, ...low!.toReversed()]),
    fill: 'toself',
    fillcolor: style.colour,
    opacity: 0.2,
    line: { width: 0 },
    hoverinfo: 'skip',
    showlegend: false,
  };
}

function line(name: string, groups: readonly Group[], style: SeriesStyle): Trace {
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name,
    x: middles(groups),
    y: rounded(groups.map((group) => average(group.map(({ mean }) => mean)))),
    line: { color: style.colour, width: 3, dash: style.dash },
    marker: { color: style.colour, symbol: style.symbol, size: 8 },
  };
}

/** Consecutive steps in groups as even as can be. */
function grouped(steps: readonly MultiplierStep[]): Group[] {
  const count = Math.min(points, steps.length);
  const start = (i: number) => Math.round((i * steps.length) / count);
  return Array.from({ length: count }, (_, i) => steps.slice(start(i), start(i + 1)));
}

function middles(groups: readonly Group[]): number[] {
  return rounded(groups.map((group) => average(group.map(({ step }) => step))));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pooled(steps: Group): number[] {
  return steps[0]!.histogram.map((_, bin) => steps.reduce((sum, { histogram }) => sum + histogram[bin]!, 0));
}

/** Of a histogram over [0, 1], as if the values of a bin were spread evenly over it. */
function quantile(histogram: readonly number[], share: number): number {
  const wanted = share * total(histogram);
  let below = 0;
  for (const [bin, count] of histogram.entries()) {
    if (count > 0 && below + count >= wanted) return (bin + (wanted - below) / count) / histogram.length;
    below += count;
  }
  return 1;
}
