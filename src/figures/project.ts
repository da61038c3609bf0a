import { requireCounter } from '../data/random.js';
import { InputError, requireFinite, requireInteger, requireOneOf } from '../errors.js';
import { projectBeside } from './project-beside.js';
import type { Projection } from './projection.js';
import { perplexityFor } from './tsne.js';

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
  /**
   * Called with the steps done, 500 of t-SNE, 200 to 500 of UMAP, one of PCA, several times a second also before the first of them. What
   * it throws ends the work at once.
   */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Positions of the rows in the plane. Another thread finds them, so that the work can be stopped: on two busy CPU cores 13 s for 5,000
 * rows of 512 features by PCA, 14 s by UMAP, and 90 s for 2,000 by t-SNE, whose time grows with the square of the rows.
 * @returns [count, 2], row by row
 * @throws InputError for fewer rows than the method needs, more than 4000 for t-SNE, fewer than two features, one that is not finite, or an
 *   option that cannot be used
 *
 * @example
 * ```ts
 * const embeddings = await dcl.evaluate.embed(encoder, mnist.test);
 * const points = await dcl.figures.project(embeddings, { method: 'umap', onProgress: dcl.notebook.progress('UMAP') });
 * ```
 */
export async function project(embeddings: ProjectInput, options: ProjectOptions = {}): Promise<Float32Array> {
  const { count, dimension } = embeddings;
  const features = requireRows(embeddings);
  const how = requireMethod(count, options);
  return projectBeside({ features, count, dimension, how }, options.onProgress ?? (() => {}));
}

function requireMethod(count: number, options: ProjectOptions): Projection['how'] {
  const { method = 'pca', seed = 1, perplexity } = options;
  requireOneOf('method', method, ['pca', 'umap', 'tsne']);
  if (method === 'tsne') return { method, perplexity: perplexityFor(count, perplexity) };
  if (method === 'pca') {
    requireCount(count, 3, method);
    return { method };
  }
  const { neighbors = Math.max(fewestNeighbors, Math.min(usualNeighbors, count - 1)) } = options;
  requireInteger('neighbors', neighbors, fewestNeighbors);
  requireCounter('seed', seed);
  requireCount(count, neighbors + 1, method);
  return { method, neighbors, seed };
}

/** UMAP's neighbours where none are asked for, as its authors have it, and the fewest that it takes. */
const usualNeighbors = 15;
const fewestNeighbors = 2;

function requireCount(count: number, least: number, method: string): void {
  if (count < least) throw new InputError(`${method} needs at least ${least} rows, not ${count}.`);
}

function requireRows({ features, count, dimension }: ProjectInput): Float32Array {
  if (features.length !== count * dimension || dimension < 2) {
    throw new InputError(
      `${features.length} features are no [${count}, ${dimension}] matrix with at least two columns.`,
    );
  }
  // float32, as embeddings are: the eigenvalues of squares that underflow float64 are not found.
  const values = Float32Array.from(features);
  requireFinite(values, dimension, (row, value) => `Row ${row} holds ${value}; project finite features.`);
  return values;
}
