import * as tf from '@tensorflow/tfjs';
import { type Dataset, defaultViews, type ViewSettings } from '../data/index.js';
import { InputError, requireInteger } from '../errors.js';
import { assertTakes } from '../models/index.js';
import { embedViews } from '../npc/embed-views.js';
import type { EmbeddingModels } from '../npc/index.js';

/** Embeddings, row by row: two views' of the same images, or one view's. */
export interface Rows {
  /** [count, dimension] */
  readonly features: Float32Array;
  /** Numbers in a row. */
  readonly dimension: number;
}

/** Which views {@link alignmentUniformity} compares, and how many at a time. */
export interface AlignmentUniformityOptions {
  /** Decides the views; 1 by default. */
  readonly seed?: number;
  /** How views are made; by default what `data.defaultViews` gives for the data set. */
  readonly views?: ViewSettings;
  /** Images per forward pass; 256 by default, or all where there are fewer. An incomplete last batch is left out. */
  readonly batchSize?: number;
  /** Called after each batch of images, then for each view with its rows that were compared with all others. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Where an encoder stands in the plane of alignment and uniformity; both are better the lower. */
export interface AlignmentUniformity {
  /** Name of the data set. */
  readonly data: string;
  /** Images that were compared. */
  readonly images: number;
  /** That decided the views. */
  readonly seed: number;
  /** Mean squared distance of two views of an image, 0 to 4. */
  readonly alignment: number;
  /** Log of the mean of exp(-2 squared distance) over pairs of images, -8 to 0; the mean of both views'. */
  readonly uniformity: number;
}

/** Rows compared with all others at a time: bounds memory at 256 x count distances. */
const block = 256;

/**
 * Alignment and uniformity (Wang and Isola, Understanding Contrastive Representation Learning through Alignment and
 * Uniformity on the Hypersphere, ICML 2020) of a data set: embeddings of unit length, of two random views of each image,
 * in inference mode.
 *
 * @param models an encoder, alone or with its projection head
 * @throws InputError where the models do not take the images, for embeddings that are not finite, and for an option that
 *   cannot be used
 */
export async function alignmentUniformity(
  models: EmbeddingModels,
  data: Dataset,
  options: AlignmentUniformityOptions = {},
): Promise<AlignmentUniformity> {
  const { seed = 1, views = defaultViews(data), onProgress } = options;
  const batchSize = options.batchSize ?? Math.min(256, data.length);
  requireInteger('batchSize', batchSize, 2, data.length);
  assertTakes(models.encoder, data);
  const job = { dataset: data, views, batchSize, seed, epoch: 0 };
  const embedded = await embedViews(models, job, { training: false, onProgress });
  const [z1, z2] = embedded.views.map((features) => ({ features, dimension: embedded.dimension }));
  const uniformities = [await uniformity(z1!, onProgress), await uniformity(z2!, onProgress)] as const;
  return {
    data: data.name,
    images: embedded.count,
    seed,
    alignment: alignment(z1!, z2!),
    uniformity: (uniformities[0] + uniformities[1]) / 2,
  };
}

/**
 * Mean squared distance of the two views of each image, scaled to unit length: 0 where they coincide, 4 where they are
 * opposite (Wang and Isola, 2020, with alpha = 2).
 * @throws InputError unless both are [count, dimension], count at least 1
 */
export function alignment(z1: Rows, z2: Rows): number {
  const [u1, u2] = [unitRows(z1), unitRows(z2)];
  if (u1.length !== u2.length || z1.dimension !== z2.dimension || u1.length === 0) {
    throw new InputError(
      `Views of ${z1.features.length} and ${z2.features.length} values with ${z1.dimension} and ${z2.dimension} features ` +
        'have no distances: row i of both must come from image i.',
    );
  }
  const total = u1.reduce((sum, value, i) => sum + (value - u2[i]!) ** 2, 0);
  return total / (u1.length / z1.dimension);
}

/**
 * log mean exp(-2 |x - y|^2) over all pairs of different rows, scaled to unit length: 0 where all coincide, and the lower
 * the more evenly they cover the sphere (Wang and Isola, 2020, with t = 2).
 * @param onProgress - called with the rows that were compared with all others so far
 * @throws InputError unless there are [count, dimension] values, count at least 2
 */
export async function uniformity(
  z: Rows,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  const { dimension } = z;
  const units = unitRows(z);
  const count = units.length / dimension;
  if (count < 2) throw new InputError(`${count} rows have no pairs: give at least 2.`);
  const all = tf.tidy(() => tf.tensor2d(units, [count, dimension]));
  let total = 0;
  try {
    for (let start = 0; start < count; start += block) {
      const indices = Int32Array.from({ length: Math.min(block, count - start) }, (_, i) => start + i);
      const potentials = tf.tidy(() => {
        const rows = tf.tensor1d(indices, 'int32');
        const cosines = tf.matMul(tf.gather(all, rows), all, false, true);
        // |x - y|^2 = 2 - 2 <x, y>
        const gaussian = tf.exp(tf.mul(tf.sub(cosines, 1), 4));
        return tf.sum(tf.mul(gaussian, tf.sub(1, tf.oneHot(rows, count))), 1);
      });
      const sums = await potentials.data().finally(() => potentials.dispose());
      for (const sum of sums) total += sum;
      onProgress?.(Math.min(start + block, count), count);
    }
  } finally {
    all.dispose();
  }
  return Math.log(total / (count * (count - 1)));
}

function unitRows({ features, dimension }: Rows): Float32Array {
  requireInteger('dimension', dimension);
  if (features.length % dimension !== 0) {
    throw new InputError(`${features.length} values do not fill rows of ${dimension} features.`);
  }
  const units = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += dimension) {
    const row = features.subarray(start, start + dimension);
    const length = Math.max(Math.hypot(...row), 1e-12);
    for (const [i, value] of row.entries()) units[start + i] = value / length;
  }
  return units;
}
