import { InputError } from '../errors.js';
import { baseLayout, type Figure, rounded } from './figure.js';

export interface SimilarityMatrixOptions {
  /** Cosine similarities, [n, n], row by row. */
  readonly similarities: ArrayLike<number>;
  /** A name for each row and column, [n]; their numbers by default. */
  readonly labels?: readonly string[];
  /** Default: `Cosine similarity`. */
  readonly title?: string;
  readonly subtitle?: string;
}

/**
 * Cosine similarities as a heat map from -1 (blue) over 0 (white) to 1 (red).
 * @throws InputError when the values are not those of a square matrix
 */
export function similarityMatrix(options: SimilarityMatrixOptions): Figure {
  const { similarities } = options;
  const size = Math.round(Math.sqrt(similarities.length));
  if (size * size !== similarities.length || size === 0) {
    throw new InputError(`${similarities.length} similarities do not fill a square matrix [n, n].`);
  }
  const labels = options.labels ?? Array.from({ length: size }, (_, i) => String(i));
  const z = Array.from({ length: size }, (_, row) =>
    rounded(Array.from({ length: size }, (_unused, column) => similarities[row * size + column]!)),
  );
  const layout = baseLayout({
    title: options.title ?? 'Cosine similarity',
    subtitle: [options.subtitle],
    x: 'embedding',
    y: 'embedding',
  });
  const trace = {
    type: 'heatmap',
    z,
    x: labels,
    y: labels,
    zmin: -1,
    zmax: 1,
    colorscale: [
      [0, '#0072b2'],
      [0.5, '#ffffff'],
      [1, '#d55e00'],
    ],
    colorbar: { title: { text: 'cosine' } },
  };
  const category = { type: 'category', constrain: 'domain' };
  const xaxis = { ...(layout.xaxis as object), ...category };
  const yaxis = { ...(layout.yaxis as object), ...category, autorange: 'reversed', scaleanchor: 'x' };
  return { data: [trace], layout: { ...layout, xaxis, yaxis, height: 600 } };
}
