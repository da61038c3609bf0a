import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { assertComparable, blocksOf, type Features, featureSet } from './feature-set.js';
import { prefetched } from './prefetched.js';

/** Of each query the nearest rows of the memory, the nearest first; both [queries, k], row by row. */
export interface NearestNeighbours {
  /** Neighbours of each query: those asked for, or all rows of the memory where there are fewer. */
  readonly k: number;
  /** Rows of the memory. */
  readonly indices: Int32Array;
  /** Cosine similarities, from 1 down. */
  readonly similarities: Float32Array;
}

/** Rows compared at a time: bounds memory at their product of similarities, 134 MB. */
const defaultBlocks = { memory: 16_384, queries: 2_048 };

/**
 * The `k` nearest rows of the memory by cosine similarity, or all where there are fewer; of equally near ones the row that
 * comes first is nearer. Exact, however many rows there are: both sets are compared a block at a time.
 * @throws InputError where the two sets come from different encoders or classes or are not finite, or for a `k` that is
 *   no whole number of at least 1
 */
export async function nearestNeighbours(
  memory: Features,
  queries: Features,
  { k, onProgress }: { readonly k: number; readonly onProgress?: (done: number, total: number) => void },
): Promise<NearestNeighbours> {
  const found = Math.min(k, memory.count);
  const indices = new Int32Array(queries.count * found);
  const similarities = new Float32Array(queries.count * found);
  for await (const block of nearestInBlocks(memory, queries, { k, onProgress })) {
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

interface NearestOptions {
  readonly k: number;
  /** Rows of each that are compared at a time. */
  readonly blocks?: typeof defaultBlocks;
  /** Called with the pairs of rows compared so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The same a block of queries at a time, so that memory does not grow with their number. @throws InputError likewise */
export async function* nearestInBlocks(
  memory: Features,
  queries: Features,
  { k, blocks = defaultBlocks, onProgress }: NearestOptions,
): AsyncGenerator<NeighbourBlock, void, void> {
  requireInteger('k', k);
  assertComparable(memory, queries);
  const [bank, asked] = [featureSet(memory), featureSet(queries)];
  const { dimension } = bank;
  for await (const { start, end, features } of blocksOf(asked, blocks.queries)) {
    const nearest = new NearestSoFar(end - start, Math.min(k, bank.count));
    for await (const part of prefetched(blocksOf(bank, blocks.memory))) {
      nearest.add(await nearestWithin(features, part.features, dimension, k), part.start);
      onProgress?.(start * bank.count + (end - start) * part.end, bank.count * asked.count);
    }
    yield { start, ...nearest.result() };
  }
}

/** The nearest of these rows. @param queries - [n, dimension] @param rows - [m, dimension] */
async function nearestWithin(
  queries: Float32Array,
  rows: Float32Array,
  dimension: number,
  k: number,
): Promise<NearestNeighbours> {
  const found = Math.min(k, rows.length / dimension);
  const nearest = tf.tidy(() => {
    const cosines = tf.matMul(unitRows(queries, dimension), unitRows(rows, dimension), false, true);
    return tf.topk(cosines, found);
  });
  const [similarities, indices] = await Promise.all([
    nearest.values.data<'float32'>(),
    nearest.indices.data<'int32'>(),
  ]);
  tf.dispose([nearest.values, nearest.indices]);
  return { k: found, indices, similarities };
}

function unitRows(features: Float32Array, dimension: number): tf.Tensor2D {
  const rows = tf.tensor2d(features, [features.length / dimension, dimension]);
  return tf.div(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-12));
}

/** The nearest rows of each query among those it was shown, which come in the memory's order. */
class NearestSoFar {
  private filled = 0;
  private indices: Int32Array;
  private similarities: Float32Array;

  constructor(
    private readonly queries: number,
    private readonly k: number,
  ) {
    this.indices = new Int32Array(queries * k);
    this.similarities = new Float32Array(queries * k);
  }

  /** @param start - the first row of the block that `block.indices` count from */
  add(block: NearestNeighbours, start: number): void {
    const { k, filled } = this;
    const now = Math.min(k, filled + block.k);
    const [indices, similarities] = [
      new Int32Array(this.indices.length),
      new Float32Array(this.indices.length),
    ];
    for (let query = 0; query < this.queries; query++) {
      let [one, other] = [query * k, query * block.k];
      const [oneEnd, otherEnd] = [one + filled, other + block.k];
      for (let to = query * k; to < query * k + now; to++) {
        // Of equals the earlier row, which is one from before, comes first.
        const before =
          other === otherEnd || (one < oneEnd && this.similarities[one]! >= block.similarities[other]!);
        indices[to] = before ? this.indices[one]! : start + block.indices[other]!;
        similarities[to] = before ? this.similarities[one++]! : block.similarities[other++]!;
      }
    }
    this.filled = now;
    this.indices = indices;
    this.similarities = similarities;
  }

  result(): NearestNeighbours {
    const { k, indices, similarities } = this;
    return { k, indices, similarities };
  }
}
