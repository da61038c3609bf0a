/** A chart that waits in the page for plotly.js. */
export interface WaitingFigure {
  /** Holds the picture, which the chart replaces; null where the front end has taken it away. */
  readonly element: HTMLElement | null;
  readonly data: readonly object[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly images?: PointImages;
}

/** The images of a map's points, and whose neighbour each is. */
export interface PointImages {
  /** All images in one, row by row, as a data URI. */
  readonly sheet: string;
  /** Images in a row of the sheet. */
  readonly columns: number;
  /** Of each image on the sheet, in pixels. */
  readonly width: number;
  /** Of each image on the sheet, in pixels. */
  readonly height: number;
  /** Images, which are points of the map. */
  readonly count: number;
  /** Index into `classes` of each point, [count]. */
  readonly labels: readonly number[];
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Points nearest to each point, the nearest first, [count, k]. */
  readonly neighbours: readonly number[];
  /** Their cosine similarities in percent, [count, k]. */
  readonly similarities: readonly number[];
  /** Nearest neighbours of each point. */
  readonly k: number;
}
