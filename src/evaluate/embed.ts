import * as tf from '@tensorflow/tfjs';
import { batches, type Dataset } from '../data/index.js';
import { InputError, requireFinite, requireInteger } from '../errors.js';
import { assertFinite, assertTakes, featuresOf } from '../models/index.js';

/** Features of a whole data set, in its order. */
export interface Embeddings {
  /** Name of the data set. */
  readonly name: string;
  /** [count, dimension], row by row. */
  readonly features: Float32Array;
  readonly count: number;
  readonly dimension: number;
  /** Index into `classes` of each row, [count]. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

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
 */
export async function embed(
  encoder: tf.LayersModel,
  dataset: Dataset,
  { batchSize = 256, onProgress }: EmbedOptions = {},
): Promise<Embeddings> {
  requireInteger('batchSize', batchSize);
  assertTakes(encoder, dataset);
  const dimension = featuresOf(encoder);
  const features = new Float32Array(dataset.length * dimension);
  let done = 0;
  for await (const { inputs, indices } of batches(dataset, batchSize)) {
    const output = tf.tidy(() =>
      encoder.predictOnBatch(tf.tensor4d(inputs, [indices.length, ...dataset.shape])),
    ) as tf.Tensor;
    const rows = await output.data<'float32'>().finally(() => output.dispose());
    assertFinite(encoder, dataset, rows, dimension, indices);
    features.set(rows, done * dimension);
    done += indices.length;
    onProgress?.(done, dataset.length);
  }
  const { name, length: count, labels, classes } = dataset;
  return { name, features, count, dimension, labels, classes };
}

/** @throws InputError unless both are finite features of one encoder with one list of classes */
export function assertComparable(a: Embeddings, b: Embeddings): void {
  if (a.dimension !== b.dimension) {
    throw new InputError(
      `${a.name} has ${a.dimension} features and ${b.name} has ${b.dimension}; embed both with the same encoder.`,
    );
  }
  if (a.classes.join() !== b.classes.join()) {
    throw new InputError(`${a.name} and ${b.name} have different classes: ${a.classes} and ${b.classes}.`);
  }
  for (const { name, features, dimension } of [a, b]) {
    requireFinite(
      features,
      dimension,
      (row, value) => `Row ${row} of ${name} holds ${value}; embed it with an encoder that has not diverged.`,
    );
  }
}
