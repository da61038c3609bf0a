import { requirePositive } from '../errors.js';
import { type Classification, Tally } from './classification.js';
import type { Features, LabelledRows } from './feature-set.js';
import { type NearestNeighbours, nearestInBlocks } from './nearest-neighbours.js';

/** How many neighbours vote in {@link knn}, and how much more the near ones count. */
export interface KnnOptions {
  /** Neighbours that vote; 200 by default, or all where there are fewer. */
  readonly k?: number;
  /** A neighbour of cosine similarity s votes with weight exp(s / temperature); 0.1 by default. */
  readonly temperature?: number;
  /** Called with the pairs of rows compared so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Weighted k-nearest-neighbour classification by cosine similarity (Wu et al., 2018), the usual probe of
 * self-supervised features: no training, one number. Exact, however many rows there are, in memory or on disk.
 * @param memory - labelled features that vote, usually of the training set
 * @param queries - features to classify, usually of the test set
 * @throws InputError where the two sets come from different encoders or classes or are not finite, or for a `k` or
 *   `temperature` that cannot be used
 *
 * @example
 * ```ts
 * const memory = await dcl.evaluate.embed(encoder, mnist.train);
 * const queries = await dcl.evaluate.embed(encoder, mnist.test);
 * const { top1 } = await dcl.evaluate.knn(memory, queries, { k: 20 });
 * ```
 */
export async function knn(
  memory: Features,
  queries: Features,
  options: KnnOptions = {},
): Promise<Classification> {
  const { k = 200, temperature = 0.1, onProgress } = options;
  requirePositive('temperature', temperature);
  const tally = new Tally(queries);
  for await (const block of nearestInBlocks(memory, queries, { k, onProgress })) {
    tally.add(votes(memory, block, temperature));
  }
  return tally.result();
}

/**
 * Each query's votes for each class, row by row. The nearest votes with weight 1 and the others relative to it: the same
 * classes win, and no temperature overflows.
 */
function votes(
  { labels, classes }: LabelledRows,
  { k, indices, similarities }: NearestNeighbours,
  temperature: number,
): Float32Array {
  const scores = new Float32Array((indices.length / k) * classes.length);
  for (const [i, row] of indices.entries()) {
    const query = Math.floor(i / k);
    const highest = similarities[query * k]!;
    scores[query * classes.length + labels[row]!]! += Math.exp((similarities[i]! - highest) / temperature);
  }
  return scores;
}
