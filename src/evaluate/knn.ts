import * as tf from '@tensorflow/tfjs';
import { requireInteger, requirePositive } from '../errors.js';
import { type Classification, classification } from './classification.js';
import { assertComparable, type Embeddings } from './embed.js';

export interface KnnOptions {
  /** Neighbours that vote; 200 by default, or all where there are fewer. */
  readonly k?: number;
  /** A neighbour of cosine similarity s votes with weight exp(s / temperature); 0.1 by default. */
  readonly temperature?: number;
}

/** Queries compared with the whole memory at a time: bounds memory at 256 x memory.count similarities. */
const queryBlock = 256;

/**
 * Weighted k-nearest-neighbour classification by cosine similarity (Wu et al., 2018), the usual probe of
 * self-supervised features: no training, one number.
 * @param memory - labelled embeddings that vote, usually of the training set
 * @param queries - embeddings to classify, usually of the test set
 * @throws InputError where the two sets come from different encoders or classes or are not finite, or for a `k` or
 *   `temperature` that cannot be used
 */
export async function knn(
  memory: Embeddings,
  queries: Embeddings,
  options: KnnOptions = {},
): Promise<Classification> {
  const { k = 200, temperature = 0.1 } = options;
  requireInteger('k', k);
  requirePositive('temperature', temperature);
  assertComparable(memory, queries);
  const neighbours = Math.min(k, memory.count);
  const scores = new Float32Array(queries.count * memory.classes.length);
  const bank = tf.tidy(() => tf.transpose(normalisedRows(memory, 0, memory.count)));
  try {
    for (let start = 0; start < queries.count; start += queryBlock) {
      const end = Math.min(start + queryBlock, queries.count);
      const nearest = tf.tidy(() =>
        tf.topk(tf.matMul(normalisedRows(queries, start, end), bank), neighbours),
      );
      const [similarities, indices] = await Promise.all([nearest.values.data(), nearest.indices.data()]);
      tf.dispose([nearest.values, nearest.indices]);
      const block = scores.subarray(start * memory.classes.length);
      vote(memory, { similarities, indices }, neighbours, temperature, block);
    }
  } finally {
    bank.dispose();
  }
  return classification(scores, queries);
}

function normalisedRows({ features, dimension }: Embeddings, start: number, end: number): tf.Tensor2D {
  const rows = tf.tensor2d(features.subarray(start * dimension, end * dimension), [end - start, dimension]);
  return tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));
}

/**
 * Adds up each query's votes; the nearest of query i stand at i x neighbours, in the order of their similarity. The
 * nearest votes with weight 1 and the others relative to it: the same classes win, and no temperature overflows.
 */
function vote(
  { labels, classes }: Embeddings,
  nearest: { readonly similarities: ArrayLike<number>; readonly indices: ArrayLike<number> },
  neighbours: number,
  temperature: number,
  scores: Float32Array,
): void {
  for (let i = 0; i < nearest.indices.length; i++) {
    const query = Math.floor(i / neighbours);
    const label = labels[nearest.indices[i]!]!;
    const highest = nearest.similarities[query * neighbours]!;
    scores[query * classes.length + label]! += Math.exp((nearest.similarities[i]! - highest) / temperature);
  }
}
