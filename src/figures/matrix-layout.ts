import { topMargin } from './figure.js';

/** A square matrix with a name for each row and column. */
interface SquareMatrix {
  readonly labels: readonly string[];
  /** What the rows and the columns are. */
  readonly rows: string;
  readonly columns: string;
  /** Of the square, in pixels. */
  readonly side: number;
  /** What both axes have besides. */
  readonly axis: object;
}

/** Of a letter of the labels, in pixels. */
const letterWidth = 8.8;

/** The layout with axes that draw a heat map as a square, its first row on top, and room for the labels beside it. */
export function matrixLayout(
  layout: Readonly<Record<string, unknown>>,
  { labels, rows, columns, side, axis }: SquareMatrix,
): Record<string, unknown> {
  const both = { ...axis, constrain: 'domain' };
  const xaxis = { ...(layout.xaxis as object), ...both, tickangle: -90 };
  const yaxis = { ...(layout.yaxis as object), ...both, autorange: 'reversed', scaleanchor: 'x' };
  const beside = Math.ceil(letterWidth * Math.max(...labels.map(({ length }) => length))) + 26;
  const margin = { l: beside + 40, r: 30, t: topMargin(layout), b: beside + 40 };
  return {
    ...layout,
    xaxis,
    yaxis,
    margin,
    height: margin.t + side + margin.b,
    annotations: [
      axisTitle(columns, { x: 0.5, y: 0, yshift: -beside, yanchor: 'top' }),
      axisTitle(rows, { x: 0, y: 0.5, xshift: -beside, xanchor: 'right', textangle: -90 }),
    ],
  };
}

/** Plotly puts an axis's own title where long labels run into it. */
function axisTitle(text: string, place: object) {
  return { text, font: { size: 18 }, showarrow: false, xref: 'x domain', yref: 'y domain', ...place };
}
