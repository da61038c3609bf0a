import * as tf from '@tensorflow/tfjs';
import { batches, type Dataset } from '../data/index.js';
import { assertFinite, assertTakes, featuresOf } from '../models/index.js';
import type { Embeddings } from './feature-set.js';
import { prefetched } from './prefetched.js';

/** How {@link embed} goes through the images: the features do not depend on it but for rounding. */
export interface EmbedOptions {
  /** Images per forward pass; 256 by default. */
  readonly batchSize?: number;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The encoder's features of every image (not the projection head's, which pretraining throws away), in inference mode:
 * batch norm uses its moving statistics, no augmentation. Images [N, height, width, channels] to [N, dimension].
 * @throws InputError where the encoder does not take the data set's images or gives no vector for each, where a feature
 *   is not finite (the encoder diverged), or for a batch size that is no whole number of at least 1
 *
 * @example
 * ```ts
 * const { features, count, dimension } = await dcl.evaluate.embed(encoder, mnist.test);
 * ```
 */
export async function embed(
  encoder: tf.LayersModel,
  dataset: Dataset,
  { batchSize = 256, onProgress }: EmbedOptions = {},
): Promise<Embeddings> {
  const dimension = featuresOf(encoder);
  const { name, length: count, labels, classes } = dataset;
  const features = new Float32Array(count * dimension);
  for await (const { rows, end } of embedBatches(encoder, dataset, { batchSize })) {
    features.set(rows, end * dimension - rows.length);
    onProgress?.(end, count);
  }
  return { name, features, count, dimension, labels, classes };
}

/** Features of some consecutive images. */
interface EmbeddedBatch {
  /** [n, dimension], row by row. */
  readonly rows: Float32Array;
  /** The image after the last of them. */
  readonly end: number;
}

/**
 * The features of `embed` a batch at a time; the next batch's images are read while one is embedded.
 * @param options.range - first image and the one after the last; all by default
 * @throws InputError likewise
 */
export async function* embedBatches(
  encoder: tf.LayersModel,
  dataset: Dataset,
  { batchSize, range }: { readonly batchSize: number; readonly range?: readonly [number, number] },
): AsyncGenerator<EmbeddedBatch, void, undefined> {
  assertTakes(encoder, dataset);
  const dimension = featuresOf(encoder);
  for await (const { inputs, indices } of prefetched(batches(dataset, batchSize, range))) {
    const output = tf.tidy(() =>
      encoder.predictOnBatch(tf.tensor4d(inputs, [indices.length, ...dataset.shape])),
    ) as tf.Tensor;
    const rows = await output.data<'float32'>().finally(() => output.dispose());
    assertFinite(encoder, dataset, rows, dimension, indices);
    yield { rows, end: indices.at(-1)! + 1 };
  }
}
