import { type MultiplierStatistics, statistics } from '../npc/index.js';
import { baseLayout, type Figure } from './figure.js';
import { histogramBars, total } from './histogram-bars.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link multiplierHistogram}. */
export interface MultiplierHistogramOptions {
  /** Default: `The multiplier q of the gradient`. */
  readonly title?: string;
  /** Data set, batch size, temperature, seed. */
  readonly subtitle?: string;
}

/**
 * Share of anchors by their multiplier q, in 20 bins of [0, 1], for each name: values of q such as
 * `await npc.multiplier(z1, z2, { temperature }).data()`, or their statistics. The legend gives n, mean and C_v.
 */
export function multiplierHistogram(
  multipliers: Readonly<Record<string, ArrayLike<number> | MultiplierStatistics>>,
  options: MultiplierHistogramOptions = {},
): Figure {
  const names = Object.keys(multipliers);
  const styles = seriesStyles(names);
  const data = names.map((name, i) => {
    const { histogram, mean, variation } = described(multipliers[name]!);
    return {
      ...histogramBars(histogram),
      name: `${name}: n = ${total(histogram)}, mean ${mean.toFixed(2)}, C<sub>v</sub> ${variation.toFixed(2)}`,
      marker: { color: styles[i]!.colour, pattern: { shape: styles[i]!.pattern } },
      opacity: names.length > 1 ? 0.6 : 0.9,
    };
  });
  const layout = baseLayout({
    title: options.title ?? 'The multiplier q of the gradient',
    subtitle: [options.subtitle],
    x: 'multiplier q (0: no gradient, 1: full gradient)',
    y: 'anchors (%)',
  });
  // Each name has a line of the legend; two fit below the axis.
  const moreLines = Math.max(0, names.length - 2);
  return {
    data,
    layout: {
      ...layout,
      ...(moreLines > 0 && {
        height: 460 + 40 * moreLines,
        legend: { ...(layout.legend as object), y: -0.34 },
      }),
      barmode: 'overlay',
      bargap: 0,
      xaxis: { ...(layout.xaxis as object), range: [0, 1] },
    },
  };
}

function described(value: ArrayLike<number> | MultiplierStatistics): MultiplierStatistics {
  return 'histogram' in value ? value : statistics(value);
}
