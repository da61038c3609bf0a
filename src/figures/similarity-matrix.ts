import { InputError } from '../errors.js';
import { baseLayout, type Figure, rounded, topMargin } from './figure.js';

export interface SimilarityMatrixOptions {
  /** Cosine similarities, [n, n], row by row. */
  readonly similarities: ArrayLike<number>;
  /** A name for each row and column, [n]; their numbers by default. */
  readonly labels?: readonly string[];
  /** What the rows and the columns are; `embedding` by default. */
  readonly rows?: string;
  readonly columns?: string;
  /** Default: `Cosine similarity`. */
  readonly title?: string;
  readonly subtitle?: string;
}

/** Of the square, and of a letter of its labels, in pixels. */
const side = 440;
const letterWidth = 8.8;

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
  const category = { type: 'category', constrain: 'domain' };
  const xaxis = { ...(layout.xaxis as object), ...category, tickangle: -90 };
  const yaxis = { ...(layout.yaxis as object), ...category, autorange: 'reversed', scaleanchor: 'x' };
  const beside = Math.ceil(letterWidth * Math.max(...labels.map(({ length }) => length))) + 16;
  const margin = { l: beside + 40, r: 30, t: topMargin(layout), b: beside + 40 };
  return {
    data: [trace],
    layout: {
      ...layout,
      xaxis,
      yaxis,
      margin,
      height: margin.t + side + margin.b,
      annotations: [
        axisTitle(options.columns, { x: 0.5, y: 0, yshift: -beside, yanchor: 'top' }),
        axisTitle(options.rows, { x: 0, y: 0.5, xshift: -beside, xanchor: 'right', textangle: -90 }),
      ],
    },
  };
}

/** Plotly puts an axis's own title where long labels run into it. */
function axisTitle(text = 'embedding', place: object) {
  return { text, font: { size: 18 }, showarrow: false, xref: 'x domain', yref: 'y domain', ...place };
}
