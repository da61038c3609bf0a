import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { assertComparable, type Embeddings } from './embed.js';

/** Of each query the nearest rows of the memory, the nearest first; both [queries, k], row by row. */
export interface NearestNeighbours {
  readonly k: number;
  /** Rows of the memory. */
  readonly indices: Int32Array;
  /** Cosine similarities, from 1 down. */
  readonly similarities: Float32Array;
}

/** Queries compared with the whole memory at a time: bounds memory at 256 x memory.count similarities. */
const queryBlock = 256;

/**
 * The `k` nearest embeddings of the memory by cosine similarity, or all where there are fewer.
 * @throws InputError where the two sets come from different encoders or classes or are not finite, or for a `k` that is
 *   no whole number of at least 1
 */
export async function nearestNeighbours(
  memory: Embeddings,
  queries: Embeddings,
  { k }: { readonly k: number },
): Promise<NearestNeighbours> {
  const found = Math.min(k, memory.count);
  const indices = new Int32Array(queries.count * found);
  const similarities = new Float32Array(queries.count * found);
  for await (const block of nearestInBlocks(memory, queries, k)) {
    indices.set(block.indices, block.start * found);
    similarities.set(block.similarities, block.start * found);
  }
  return { k: found, indices, similarities };
}

/** The neighbours of some queries. */
interface NeighbourBlock extends NearestNeighbours {
  /** The first of these queries. */
  readonly start: number;
}

/** The same a block of queries at a time, so that memory does not grow with their number. @throws InputError likewise */
export async function* nearestInBlocks(
  memory: Embeddings,
  queries: Embeddings,
  k: number,
): AsyncGenerator<NeighbourBlock, void, void> {
  requireInteger('k', k);
  assertComparable(memory, queries);
  const found = Math.min(k, memory.count);
  const bank = tf.tidy(() => tf.transpose(normalisedRows(memory, 0, memory.count)));
  try {
    for (let start = 0; start < queries.count; start += queryBlock) {
      const end = Math.min(start + queryBlock, queries.count);
      const nearest = tf.tidy(() => tf.topk(tf.matMul(normalisedRows(queries, start, end), bank), found));
      const [similarities, indices] = await Promise.all([
        nearest.values.data<'float32'>(),
        nearest.indices.data<'int32'>(),
      ]);
      tf.dispose([nearest.values, nearest.indices]);
      yield { start, k: found, indices, similarities };
    }
  } finally {
    bank.dispose();
  }
}

function normalisedRows({ features, dimension }: Embeddings, start: number, end: number): tf.Tensor2D {
  const rows = tf.tensor2d(features.subarray(start * dimension, end * dimension), [end - start, dimension]);
  return tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));
}
