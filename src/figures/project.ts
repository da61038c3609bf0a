import { UMAP } from 'umap-js';
import { generatorFor, requireCounter, uniform } from '../data/random.js';
import { InputError, requireFinite, requireInteger, requireOneOf } from '../errors.js';
import { principalComponents } from './principal-components.js';
import { tsne } from './tsne.js';

/** Points to project: rows of numbers, as `evaluate.embed` gives them. */
export interface ProjectInput {
  /** [count, dimension], row by row. */
  readonly features: ArrayLike<number>;
  /** Number of rows. */
  readonly count: number;
  /** Numbers in a row, at least 2. */
  readonly dimension: number;
}

/** How {@link project} lays the rows into the plane. */
export interface ProjectOptions {
  /** `pca` shows the directions of largest variance, `umap` and `tsne` who is whose neighbour. Default: `pca`. */
  readonly method?: 'pca' | 'umap' | 'tsne';
  /** Decides UMAP's random choices; 1 by default. The others have none: t-SNE starts from the principal components. */
  readonly seed?: number;
  /** UMAP's neighbours of each point. Default: 15, or all other rows where there are fewer. */
  readonly neighbors?: number;
  /**
   * How many neighbours t-SNE lets each point have, in effect: above 1, and at most a third of the other rows. Default: 30, or
   * that third where there are fewer rows.
   */
  readonly perplexity?: number;
  /** Called after each of t-SNE's 500 steps, whose time grows with the square of the rows: 5 s in all for 500 rows. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Positions of the rows in the plane.
 * @returns [count, 2], row by row
 * @throws InputError for fewer rows than the method needs, more than 4000 for t-SNE, fewer than two features, one that is not finite, or an
 *   option that cannot be used
 */
export function project(embeddings: ProjectInput, options: ProjectOptions = {}): Float32Array {
  const { method = 'pca', seed = 1 } = options;
  requireOneOf('method', method, ['pca', 'umap', 'tsne']);
  const rows = toRows(embeddings);
  switch (method) {
    case 'pca':
      requireRows(rows, 3, 'pca');
      return flat(principalComponents(rows));
    case 'umap':
      return flat(umap(rows, seed, options.neighbors));
    case 'tsne':
      return flat(tsne(rows, options));
  }
}

/** UMAP's neighbours where none are asked for, as its authors have it, and the fewest that it takes. */
const usualNeighbors = 15;
const fewestNeighbors = 2;

function umap(rows: number[][], seed: number, asked: number | undefined): number[][] {
  const neighbors = asked ?? Math.max(fewestNeighbors, Math.min(usualNeighbors, rows.length - 1));
  requireInteger('neighbors', neighbors, fewestNeighbors);
  requireCounter('seed', seed);
  requireRows(rows, neighbors + 1, 'umap');
  const generator = generatorFor('projection', [seed]);
  return new UMAP({ nNeighbors: neighbors, random: () => uniform(generator, 0, 1) }).fit(rows);
}

function toRows({ features, count, dimension }: ProjectInput): number[][] {
  if (features.length !== count * dimension || dimension < 2) {
    throw new InputError(
      `${features.length} features are no [${count}, ${dimension}] matrix with at least two columns.`,
    );
  }
  // float32, as embeddings are: the eigenvalues of squares that underflow float64 are not found.
  const values = Float32Array.from(features);
  requireFinite(values, dimension, (row, value) => `Row ${row} holds ${value}; project finite features.`);
  return Array.from({ length: count }, (_, row) => [
    ...values.subarray(row * dimension, (row + 1) * dimension),
  ]);
}

function requireRows(rows: readonly unknown[], least: number, method: string): void {
  if (rows.length < least)
    throw new InputError(`${method} needs at least ${least} rows, not ${rows.length}.`);
}

function flat(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat());
}
