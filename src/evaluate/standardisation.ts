import { blocksOf, type FeatureSet } from './feature-set.js';
import { prefetched } from './prefetched.js';

/** Of each feature, over the rows; both [dimension]. */
export interface Standardisation {
  readonly mean: Float64Array;
  /** Standard deviation; 1 for a feature that never changes, which so stays at 0 rather than being divided by 0. */
  readonly deviation: Float64Array;
}

const blockRows = 4096;

/**
 * Mean and standard deviation of each feature, in one pass: those of each block are exact, and the blocks' are put together
 * as by Chan, Golub and LeVeque (1979), which does not cancel where the mean is large.
 */
export async function standardisation(features: FeatureSet): Promise<Standardisation> {
  const { dimension } = features;
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  let before = 0;
  for await (const block of prefetched(blocksOf(features, blockRows))) {
    const count = block.end - block.start;
    const within = momentsOf(block.features, dimension);
    const total = before + count;
    for (let i = 0; i < dimension; i++) {
      const difference = within.mean[i]! - mean[i]!;
      mean[i]! += (difference * count) / total;
      squares[i]! += within.squares[i]! + (difference * difference * before * count) / total;
    }
    before = total;
  }
  return { mean, deviation: squares.map((sum) => Math.sqrt(sum / before) || 1) };
}

/** Mean and sum of squared deviations of each feature. */
function momentsOf(rows: Float32Array, dimension: number) {
  const count = rows.length / dimension;
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  for (let start = 0; start < rows.length; start += dimension) {
    for (let i = 0; i < dimension; i++) mean[i]! += rows[start + i]! / count;
  }
  for (let start = 0; start < rows.length; start += dimension) {
    for (let i = 0; i < dimension; i++) squares[i]! += (rows[start + i]! - mean[i]!) ** 2;
  }
  return { mean, squares };
}

/** Rows [n, dimension], centred and scaled. */
export function standardised(rows: Float32Array, { mean, deviation }: Standardisation): Float32Array {
  const dimension = mean.length;
  const scaled = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += dimension) {
    for (let i = 0; i < dimension; i++) scaled[start + i] = (rows[start + i]! - mean[i]!) / deviation[i]!;
  }
  return scaled;
}
