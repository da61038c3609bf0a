import { principalComponents } from './principal-components.js';
import { tsne, tsneSteps } from './tsne.js';
import { type UmapOptions, umap, umapEpochs } from './umap.js';

/** Rows and where to put them, made sure of by `project`. */
export interface Projection {
  /** [count, dimension], row by row. */
  readonly features: Float32Array;
  readonly count: number;
  readonly dimension: number;
  readonly how:
    | { readonly method: 'pca' }
    | ({ readonly method: 'umap' } & UmapOptions)
    | { readonly method: 'tsne'; readonly perplexity: number };
}

/** What is counted of the work. */
export function stepsOf({ how, count }: Projection): number {
  if (how.method === 'pca') return 1;
  return how.method === 'umap' ? umapEpochs(count) : tsneSteps;
}

/**
 * Positions of the rows in the plane, [count, 2], row by row.
 * @param onStep - called after each step, with the steps done
 */
export function positions(projection: Projection, onStep: (done: number) => void): Float32Array {
  return Float32Array.from(laidOut(projection, onStep).flat());
}

function laidOut(projection: Projection, onStep: (done: number) => void): number[][] {
  const { how } = projection;
  const rows = rowsOf(projection);
  if (how.method === 'umap') return umap(rows, how, onStep);
  if (how.method === 'tsne') return tsne(rows, how.perplexity, onStep);
  const points = principalComponents(rows);
  onStep(1);
  return points;
}

function rowsOf({ features, count, dimension }: Projection): number[][] {
  return Array.from({ length: count }, (_, row) => [
    ...features.subarray(row * dimension, (row + 1) * dimension),
  ]);
}
