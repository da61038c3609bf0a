import { InputError } from '../errors.js';
import { baseLayout, type Figure, palette, rounded } from './figure.js';

/** The points of {@link embeddingMap} and what they are. */
export interface EmbeddingMapOptions {
  /** Positions in the plane, [n, 2], row by row; `project` makes them. */
  readonly points: ArrayLike<number>;
  /** Index into `classes` of each point, [n]. */
  readonly labels: ArrayLike<number>;
  /** Their names, as the legend shows them. */
  readonly classes: readonly string[];
  /** Default: `Embedding map`. */
  readonly title?: string;
  /** Data set, encoder, projection, seed; the number of points is added. */
  readonly subtitle?: string;
}

const symbols = ['circle', 'diamond', 'square', 'cross'];

/**
 * Points of a two-dimensional projection, coloured by class; beyond eight classes the marker's shape differs too.
 * @throws InputError when `points` and `labels` do not belong together
 */
export function embeddingMap(options: EmbeddingMapOptions): Figure {
  const { points, labels, classes } = options;
  if (points.length !== 2 * labels.length) {
    throw new InputError(
      `${points.length} coordinates do not place ${labels.length} labelled points: points must be [${labels.length}, 2].`,
    );
  }
  const data = classes.map((name, index) => {
    const rows = Array.from(labels, (_, row) => row).filter((row) => labels[row] === index);
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: rounded(rows.map((row) => points[2 * row]!)),
      y: rounded(rows.map((row) => points[2 * row + 1]!)),
      marker: {
        color: palette[index % palette.length],
        symbol: symbols[Math.floor(index / palette.length) % symbols.length],
        size: 6,
        opacity: 0.75,
      },
      hovertemplate: `${name}<extra></extra>`,
    };
  });
  const layout = baseLayout({
    title: options.title ?? 'Embedding map',
    subtitle: [options.subtitle, `n = ${labels.length}`],
    x: 'first coordinate',
    y: 'second coordinate',
  });
  const legend = { itemsizing: 'constant', y: 0.5, yanchor: 'middle' };
  const yaxis = { ...(layout.yaxis as object), scaleanchor: 'x', showticklabels: false, ticks: '' };
  const xaxis = { ...(layout.xaxis as object), showticklabels: false, ticks: '' };
  return { data, layout: { ...layout, legend, xaxis, yaxis, height: 640 } };
}
