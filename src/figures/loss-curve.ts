import { baseLayout, type Figure } from './figure.js';
import { seriesStyles } from './series-style.js';
import { smoothedCurve, smoothingWindow } from './smoothed-curve.js';

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

/** A curve is thinned to at most about this many points. */
const points = 400;

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
  const window = smoothingWindow(longest);
  const layout = baseLayout({
    title: options.title ?? 'Training loss',
    subtitle: [options.subtitle],
    x: 'training step',
    y: window === 1 ? 'loss (nats)' : `loss (nats), mean of ${window} reports`,
  });
  const curves = names.flatMap((name, i) => {
    const { steps } = histories[name]!;
    return smoothedCurve({
      name,
      steps: steps.map(({ step }) => step),
      values: steps.map(({ loss }) => loss),
      style: styles[i]!,
      window,
      points,
    });
  });
  return { data: curves, layout };
}
