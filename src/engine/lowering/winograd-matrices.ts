/** The constant matrices of Winograd's filtering in one dimension, and products of matrices. */

export type Matrix = readonly (readonly number[])[];

/** How a line of m + 2 pixels and a filter of 3 become m results, by as many products as there are positions. */
export interface Filtering {
  /** m: how many pixels apart the tiles lie. */
  readonly size: number;
  /** m + 2. */
  readonly positions: number;
  /** [positions, m + 2]: what each position takes of a tile of the image. */
  readonly image: Matrix;
  /** [positions, 3]. */
  readonly filter: Matrix;
  /** [positions, m]: what each position gives to the results. */
  readonly result: Matrix;
}

/** m = 2, from the points 0, 1, -1 and infinity. */
export const smallTiles: Filtering = {
  size: 2,
  positions: 4,
  image: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  filter: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  result: [
    [1, 0],
    [1, 1],
    [1, -1],
    [0, -1],
  ],
};

/** m = 4, from the points 0, 1, -1, 2, -2 and infinity. */
export const largeTiles: Filtering = {
  size: 4,
  positions: 6,
  image: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  filter: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  result: [
    [1, 0, 0, 0],
    [1, 1, 1, 1],
    [1, -1, 1, -1],
    [1, 2, 4, 8],
    [1, -2, 4, -8],
    [0, 0, 0, 1],
  ],
};

/** Kronecker's: rows and columns of the first, each with those of the second within it. */
export function product(a: Matrix, b: Matrix): Matrix {
  return a.flatMap((rowA) => b.map((rowB) => rowA.flatMap((x) => rowB.map((y) => x * y))));
}

export function transpose(rows: Matrix): Matrix {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}
