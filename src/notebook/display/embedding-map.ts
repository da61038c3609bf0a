import type { Dataset } from '../../data/index.js';
import { InputError, requireInteger } from '../../errors.js';
import { type Embeddings, nearestNeighbours } from '../../evaluate/index.js';
import { type Figure, embeddingMap as plainMap, type Trace } from '../../figures/index.js';
import { withExamples } from './example-images.js';
import { drawFigure } from './figure-picture.js';
import { figureText } from './figure-text.js';
import { type ImageSheet, imageSheet, sheetUri } from './image-sheet.js';
import type { PointImages } from './page/waiting-figure.js';
import type { Presentation } from './presentation.js';

/** What is where on the map, and whose image it is. */
export interface EmbeddingMapOptions {
  /** Positions in the plane, [n, 2], row by row; `figures.project` makes them. */
  readonly points: ArrayLike<number>;
  /** What the points are projections of, with their labels and classes; nearest neighbours are found among them. */
  readonly embeddings: Embeddings;
  /** Their images, in the same order. */
  readonly dataset: Dataset;
  /** Nearest neighbours of each point. Default: 6, or all other points where there are fewer. */
  readonly k?: number;
  /** Default: `Embedding map`. */
  readonly title?: string;
  /** Data set, encoder, projection, seed; the number of points is added. */
  readonly subtitle?: string;
}

/** An embedding map whose points have images, for `show`. */
export interface EmbeddingMap {
  readonly kind: 'embedding map';
  /** The map without images, which tells the classes of a point's neighbours. */
  readonly figure: Figure;
  /** The images' pixels, for a picture of the map. */
  readonly sheet: ImageSheet;
  /** What the page's script shows of the points. */
  readonly images: PointImages;
}

/** Sheets of more images would be too large for a notebook. */
const mostPoints = 5000;

/**
 * An embedding map for `show`. Where scripts run, pointing at a point shows its image, and a click shows the images of its
 * nearest neighbours by cosine similarity of the embeddings (exact, and not by distance in the map), says which are of its
 * class, and outlines them in the map. Elsewhere the map shows an image in the midst of each class.
 * All images go into the notebook, made at most 64 pixels wide and high: 0.2 kB each of MNIST, 0.4 of CIFAR-10, 1.6 of ImageNet.
 * @throws InputError when points, embeddings and images do not belong together, for more than 5000 points, or for a `k` that is
 *   no whole number of at least 1 and less than the number of points
 */
export async function embeddingMap(options: EmbeddingMapOptions): Promise<EmbeddingMap> {
  const { points, embeddings, dataset, title, subtitle } = options;
  const { count, labels, classes } = embeddings;
  const { k = Math.min(6, count - 1) } = options;
  if (dataset.length !== count)
    throw new InputError(`${dataset.name} has ${dataset.length} images for ${count} embeddings.`);
  if (count > mostPoints) {
    throw new InputError(
      `A map holds the images of at most ${mostPoints} points, not ${count}; take a subset.`,
    );
  }
  requireInteger('k', k, 1, count - 1);
  const plain = plainMap({ points, labels, classes, ...(title && { title }), ...(subtitle && { subtitle }) });
  const near = await neighboursOf(embeddings, k);
  const sheet = await imageSheet(dataset);
  const images = {
    ...{ sheet: await sheetUri(sheet), columns: sheet.columns, width: sheet.width, height: sheet.height },
    ...{ count, labels: [...labels], classes, k },
    ...near,
  };
  const data = plain.data.map((trace, c): Trace => {
    const rows = [...labels.keys()].filter((row) => labels[row] === c);
    const text = rows.map((row) =>
      near.neighbours
        .slice(row * k, (row + 1) * k)
        .map((other) => classes[labels[other]!])
        .join(', '),
    );
    const hovertemplate = `${classes[c]}<br>nearest: %{text}<extra></extra>`;
    return { ...trace, customdata: rows, text, hovertemplate };
  });
  return { kind: 'embedding map', figure: { ...plain, data }, sheet, images };
}

/** Of each row the `k` nearest others, and their similarities in percent. */
async function neighboursOf(
  embeddings: Embeddings,
  k: number,
): Promise<Pick<PointImages, 'neighbours' | 'similarities'>> {
  const nearest = await nearestNeighbours(embeddings, embeddings, { k: k + 1 });
  // Each row is near itself, though not first where others are equal to it.
  const kept = Array.from({ length: embeddings.count }, (_, row) =>
    Array.from({ length: nearest.k }, (_unused, rank) => row * nearest.k + rank)
      .filter((at) => nearest.indices[at] !== row)
      .slice(0, k),
  ).flat();
  return {
    neighbours: kept.map((at) => nearest.indices[at]!),
    similarities: kept.map((at) => Math.round(100 * nearest.similarities[at]!)),
  };
}

export function isEmbeddingMap(value: object): value is EmbeddingMap {
  return 'kind' in value && value.kind === 'embedding map';
}

export function presentEmbeddingMap({ figure, sheet, images }: EmbeddingMap): Presentation {
  return {
    text: figureText(figure),
    figure,
    live: { figure: withOutlines(figure), images },
    picture: async () => drawFigure(await withExamples(figure, sheet)),
  };
}

/** The map as the page's script wants it: it shows what is pointed at by itself, and outlines points by a last series. */
function withOutlines({ data, layout }: Figure): Figure {
  const points = data.map(({ text: _, hovertemplate: _unused, ...trace }) => ({
    ...trace,
    hoverinfo: 'none',
  }));
  const marker = { symbol: 'circle-open', size: 15, color: [], line: { width: 3 } };
  const outlines = { type: 'scatter', mode: 'markers', x: [], y: [], marker };
  return {
    data: [...points, { ...outlines, hoverinfo: 'skip', showlegend: false, cliponaxis: false }],
    layout,
  };
}
