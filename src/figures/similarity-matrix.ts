import { InputError } from '../errors.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { matrixLayout } from './matrix-layout.js';

/** The similarities of {@link similarityMatrix} and what they are between. */
export interface SimilarityMatrixOptions {
  /** Cosine similarities, [n, n], row by row. */
  readonly similarities: ArrayLike<number>;
  /** A name for each row and column, [n]; their numbers by default. */
  readonly labels?: readonly string[];
  /** What the rows are; `embedding` by default. */
  readonly rows?: string;
  /** What the columns are; `embedding` by default. */
  readonly columns?: string;
  /** Default: `Cosine similarity`. */
  readonly title?: string;
  /** Data set, encoder, number of images. */
  readonly subtitle?: string;
}

/** Of the square, in pixels. */
const side = 440;

/**
 * Cosine similarities as a heat map from -1 (blue) over 0 (white) to 1 (orange).
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
    x: '',
    y: '',
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
  const { rows = 'embedding', columns = 'embedding' } = options;
  return {
    data: [trace],
    layout: matrixLayout(layout, { labels, rows, columns, side, axis: { type: 'category' } }),
  };
}
