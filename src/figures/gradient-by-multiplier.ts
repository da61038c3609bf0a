import { InputError } from '../errors.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { seriesStyles } from './series-style.js';

/** Anchors of one batch: q of each, and the length of a gradient under InfoNCE over that under DCL. */
export interface GradientRatios {
  /** q of each anchor, 0 to 1. */
  readonly multiplier: ArrayLike<number>;
  /** Gradient of InfoNCE over that of DCL, in the same order. */
  readonly ratio: ArrayLike<number>;
}

/** Titles of {@link gradientByMultiplier}. */
export interface GradientByMultiplierOptions {
  /** Default: `What InfoNCE leaves of the gradient of DCL`. */
  readonly title?: string;
  /** Data set, temperature, seed. */
  readonly subtitle?: string;
}

/**
 * The ratio of two gradients against q, a point for each anchor, for each name, such as a batch size: by Proposition 1 all
 * points are on the diagonal, which is drawn.
 * @throws InputError where a name has more values of one than of the other
 */
export function gradientByMultiplier(
  ratios: Readonly<Record<string, GradientRatios>>,
  options: GradientByMultiplierOptions = {},
): Figure {
  const names = Object.keys(ratios);
  const styles = seriesStyles(names);
  const points = names.map((name, i) => {
    const { multiplier, ratio } = ratios[name]!;
    if (multiplier.length !== ratio.length) {
      throw new InputError(
        `${name} has ${multiplier.length} multipliers and ${ratio.length} ratios; give both for each anchor.`,
      );
    }
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: rounded(Array.from(multiplier)),
      y: rounded(Array.from(ratio)),
      marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 9, opacity: 0.75 },
    };
  });
  const diagonal = {
    type: 'scatter',
    mode: 'lines',
    name: 'ratio = q',
    x: [0, 1],
    y: [0, 1],
    line: { color: '#555555', width: 2, dash: 'dash' },
  };
  const layout = baseLayout({
    title: options.title ?? 'What InfoNCE leaves of the gradient of DCL',
    subtitle: [options.subtitle],
    x: 'multiplier q',
    y: 'gradient of InfoNCE / that of DCL',
  });
  const range = [-0.03, 1.05];
  return {
    data: [diagonal, ...points],
    layout: {
      ...layout,
      xaxis: { ...(layout.xaxis as object), range },
      yaxis: { ...(layout.yaxis as object), range },
    },
  };
}
