import { InputError, requireInteger } from '../errors.js';
import { type ConfusionMatrix, mostConfused } from '../evaluate/index.js';
import { baseLayout, type Figure, palette, type Trace } from './figure.js';
import { matrixLayout } from './matrix-layout.js';
import { shortened } from './shortened.js';

/** What stands above {@link confusionMatrix}, and how many classes it shows. */
export interface ConfusionMatrixOptions {
  /** Default: `Confusions`. */
  readonly title?: string;
  /** Data set, number of images, encoder. */
  readonly subtitle?: string;
  /** Most classes to draw; 20 by default. Of more, those of the most frequent confusions are drawn. */
  readonly limit?: number;
}

/** Of the square, in pixels. */
const side = 560;

/**
 * Which share of each class's images was taken for which class, in percent, as a heat map: what is right in blue on the
 * diagonal, confusions in orange.
 * @throws InputError for a matrix without images, or a limit below 2
 */
export function confusionMatrix(matrix: ConfusionMatrix, options: ConfusionMatrixOptions = {}): Figure {
  const { limit = 20 } = options;
  requireInteger('limit', limit, 2);
  const { classes, counts } = matrix;
  if (counts.every((count) => count === 0))
    throw new InputError('A confusion matrix of no images shows nothing.');
  const shown = classes.length <= limit ? [...classes.keys()] : mostConfusedBlock(matrix, limit);
  const block = `the ${shown.length} classes of the most frequent confusions, of ${classes.length}`;
  const labels = shown.map((c) => shortened(classes[c]!));
  const percent = shown.map((row) => {
    const own = counts.subarray(row * classes.length, (row + 1) * classes.length);
    const total = own.reduce((sum, count) => sum + count, 0);
    return shown.map((column) => (100 * own[column]!) / total);
  });
  const layout = baseLayout({
    title: options.title ?? 'Confusions',
    subtitle: [options.subtitle, '% of the images of each class', shown.length < classes.length ? block : ''],
    x: '',
    y: '',
  });
  const errors = percent.flatMap((row, i) => row.filter((_, j) => j !== i)).filter(Number.isFinite);
  const traces = [
    heat(percent, labels, (i, j) => i === j, { to: palette[0]!, most: 100 }),
    heat(percent, labels, (i, j) => i !== j, { to: palette[1]!, most: Math.max(1, ...errors) }),
  ];
  const tickvals = labels.map((_, i) => i);
  const axis = { tickmode: 'array', tickvals, ticktext: labels, showgrid: false, zeroline: false };
  const axes = { labels, rows: 'own class', columns: 'predicted class', side, axis };
  return { data: traces, layout: matrixLayout(layout, axes) };
}

/** The classes of the most frequent confusions; those that are confused with each other stand side by side. */
function mostConfusedBlock(matrix: ConfusionMatrix, limit: number): number[] {
  const place = new Map(matrix.classes.map((name, c) => [name, c]));
  const block = new Set<number>();
  for (const { label, prediction } of mostConfused(matrix, { limit: matrix.counts.length })) {
    const pair = [place.get(label)!, place.get(prediction)!];
    if (new Set([...block, ...pair]).size > limit) continue;
    for (const c of pair) block.add(c);
    if (block.size === limit) break;
  }
  return [...block];
}

/** The cells that are wanted, white at 0; half a percent and more is written in them. */
function heat(
  percent: readonly (readonly number[])[],
  labels: readonly string[],
  wanted: (row: number, column: number) => boolean,
  { to, most }: { readonly to: string; readonly most: number },
): Trace {
  const cells = percent.map((row, i) =>
    row.map((value, j) => (wanted(i, j) && Number.isFinite(value) ? Number(value.toPrecision(3)) : null)),
  );
  return {
    type: 'heatmap',
    z: cells,
    // Numbers, since classes may have equal names.
    x: labels.map((_, i) => i),
    y: labels.map((_, i) => i),
    zmin: 0,
    zmax: most,
    colorscale: [
      [0, '#ffffff'],
      [1, to],
    ],
    showscale: false,
    hoverongaps: false,
    text: cells.map((row) => row.map((value) => (value !== null && value >= 0.5 ? value.toFixed(0) : ''))),
    texttemplate: '%{text}',
    textfont: { size: labels.length > 12 ? 11 : 14 },
    xgap: 1,
    ygap: 1,
  };
}
