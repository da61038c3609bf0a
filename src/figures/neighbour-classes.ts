import { chanceLine, chanceText } from './chance-line.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { seriesStyles } from './series-style.js';

/** How many nearest neighbours share the class of what they are neighbours of, after some epochs. */
export interface NeighbourShare {
  /** Epochs that the encoder was trained for; 0 before training. */
  readonly epoch: number;
  /** From 0 to 1. */
  readonly share: number;
}

/** What stands around the lines of {@link neighbourClasses}. */
export interface NeighbourClassesOptions {
  /** Default: `Nearest neighbours of the same class`. */
  readonly title?: string;
  /** Data set, number of images, encoder, seed. */
  readonly subtitle?: string;
  /** Share that guessing gives, 0 to 1, drawn as a dashed line; none by default. */
  readonly chance?: number;
}

/** Share of nearest neighbours that have the same class against the epochs of training, a line for each name. */
export function neighbourClasses(
  shares: Readonly<Record<string, readonly NeighbourShare[]>>,
  options: NeighbourClassesOptions = {},
): Figure {
  const names = Object.keys(shares);
  const styles = seriesStyles(names);
  const { chance } = options;
  const data = names.map((name, i) => ({
    type: 'scatter',
    mode: 'lines+markers',
    name,
    x: shares[name]!.map(({ epoch }) => epoch),
    y: rounded(shares[name]!.map(({ share }) => 100 * share)),
    line: { color: styles[i]!.colour, width: 3, dash: styles[i]!.dash },
    marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 11 },
  }));
  const layout = baseLayout({
    title: options.title ?? 'Nearest neighbours of the same class',
    subtitle: [options.subtitle, chanceText(chance)],
    x: 'epochs of training',
    y: 'same class (%)',
  });
  return {
    data,
    layout: {
      ...layout,
      showlegend: names.length > 1,
      xaxis: { ...(layout.xaxis as object), dtick: 1 },
      yaxis: { ...(layout.yaxis as object), rangemode: 'tozero' },
      ...chanceLine(chance),
    },
  };
}
