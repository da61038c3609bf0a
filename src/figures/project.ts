import { PCA } from 'ml-pca';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { UMAP } from 'umap-js';
import { InputError, requireInteger } from '../errors.js';

/** Points to project: rows of numbers, as `evaluate.embed` gives them. */
export interface ProjectInput {
  /** [count, dimension], row by row. */
  readonly features: ArrayLike<number>;
  readonly count: number;
  readonly dimension: number;
}

export interface ProjectOptions {
  /** `pca` shows the directions of largest variance, `umap` who is whose neighbour. Default: `pca`. */
  readonly method?: 'pca' | 'umap';
  /** Decides UMAP's random choices; 1 by default. PCA has none. */
  readonly seed?: number;
  /** UMAP's neighbours of each point; 15 by default. */
  readonly neighbors?: number;
}

/**
 * Positions of the rows in the plane.
 * @returns [count, 2], row by row
 * @throws InputError for fewer rows than the method needs, or fewer than two features
 */
export function project(embeddings: ProjectInput, options: ProjectOptions = {}): Float32Array {
  const { method = 'pca', seed = 1, neighbors = 15 } = options;
  const rows = toRows(embeddings);
  switch (method) {
    case 'pca':
      requireRows(rows, 3, method);
      return flat(
        new PCA(rows, { method: 'covarianceMatrix' }).predict(rows, { nComponents: 2 }).to2DArray(),
      );
    case 'umap':
      requireInteger('neighbors', neighbors, 2);
      requireRows(rows, neighbors + 1, method);
      return flat(new UMAP({ nNeighbors: neighbors, random: uniform(seed) }).fit(rows));
    default:
      throw new InputError(`Unknown projection ${method as string}; choose pca or umap.`);
  }
}

function toRows({ features, count, dimension }: ProjectInput): number[][] {
  if (features.length !== count * dimension || dimension < 2) {
    throw new InputError(
      `${features.length} features are no [${count}, ${dimension}] matrix with at least two columns.`,
    );
  }
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: dimension }, (_unused, column) => features[row * dimension + column]!),
  );
}

function requireRows(rows: readonly unknown[], least: number, method: string): void {
  if (rows.length < least)
    throw new InputError(`${method} needs at least ${least} rows, not ${rows.length}.`);
}

function uniform(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

function flat(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(rows.flat());
}
