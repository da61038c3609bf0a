import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { type SeriesStyle, seriesStyles } from './series-style.js';

/** The losses of a run, such as what `notebook.watch` returns. */
export interface LossHistory {
  /** Steps that were reported; a run reports every tenth by default. */
  readonly steps: readonly {
    /** Steps done, 1 for the first. */
    readonly step: number;
    /** Loss of that step, in nats. */
    readonly loss: number;
  }[];
}

/** What stands above {@link lossCurve}. */
export interface LossCurveOptions {
  /** Default: `Training loss`. */
  readonly title?: string;
  /** Data set, images, batch size, seed. */
  readonly subtitle?: string;
}

/** More reports than this are drawn as their running mean, over the single ones in a pale line. */
const smoothFrom = 60;
/** A curve is thinned to at most this many points. */
const mostPoints = 400;

/**
 * Loss against training step, a curve for each name; from 60 reported steps on as a running mean of so many reports as the
 * axis says. Losses of different kinds have different zero points, so compare
 * shapes, not heights.
 */
export function lossCurve(
  histories: Readonly<Record<string, LossHistory>>,
  options: LossCurveOptions = {},
): Figure {
  const names = Object.keys(histories);
  const styles = seriesStyles(names);
  const longest = Math.max(0, ...names.map((name) => histories[name]!.steps.length));
  const window = longest < smoothFrom ? 1 : Math.ceil(longest / 50);
  const layout = baseLayout({
    title: options.title ?? 'Training loss',
    subtitle: [options.subtitle],
    x: 'training step',
    y: window === 1 ? 'loss (nats)' : `loss (nats), mean of ${window} reports`,
  });
  return { data: names.flatMap((name, i) => curves(name, histories[name]!, styles[i]!, window)), layout };
}

function curves(name: string, { steps }: LossHistory, style: SeriesStyle, window: number): Trace[] {
  const line = { type: 'scatter', mode: 'lines', name };
  const smooth = {
    ...line,
    ...points(steps, runningMean(steps, window)),
    line: { color: style.colour, width: 3, dash: style.dash },
  };
  if (window === 1) return [smooth];
  const losses = steps.map(({ loss }) => loss);
  const single = {
    ...line,
    ...points(steps, losses),
    line: { color: style.colour, width: 1 },
    opacity: 0.25,
    hoverinfo: 'skip',
    showlegend: false,
  };
  return [single, smooth];
}

function points(steps: LossHistory['steps'], losses: readonly number[]): { x: number[]; y: number[] } {
  const stride = Math.ceil(steps.length / mostPoints);
  const kept = steps.map((_, i) => i).filter((i) => i % stride === 0 || i === steps.length - 1);
  return { x: kept.map((i) => steps[i]!.step), y: rounded(kept.map((i) => losses[i]!)) };
}

function runningMean(steps: LossHistory['steps'], window: number): number[] {
  let sum = 0;
  return steps.map(({ loss }, i) => {
    sum += loss - (i >= window ? steps[i - window]!.loss : 0);
    return sum / Math.min(i + 1, window);
  });
}
