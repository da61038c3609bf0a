import * as tf from '@tensorflow/tfjs';
import {
  type Dataset,
  stepsPerEpoch,
  type ViewBatchesOptions,
  type Views,
  viewBatches,
} from '../data/index.js';
import { assertFinite, featuresOf, keepingStatistics } from '../models/index.js';

/** What turns images into the embeddings that a loss compares. */
export interface EmbeddingModels {
  /** Images [N, height, width, channels] to features [N, features]. */
  readonly encoder: tf.LayersModel;
  /** Features to embeddings [N, d]; left out, the features themselves are compared. */
  readonly projection?: tf.LayersModel;
}

/** Two views' embeddings of `count` images, [count, dimension] each, row by row. */
export interface EmbeddedViews {
  readonly views: readonly [Float32Array, Float32Array];
  readonly count: number;
  readonly dimension: number;
}

export interface EmbedViewsOptions {
  /** Whether batch norm uses each batch's own statistics or its moving ones, which stay as they are in either case. */
  readonly training: boolean;
  /** Called after each batch with the images embedded so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Draws and embeds two views of each image of an epoch's complete batches; small crops are left out.
 * @throws InputError for embeddings that are not finite, and where `viewBatches` does
 */
export async function embedViews(
  models: EmbeddingModels,
  job: ViewBatchesOptions,
  { training, onProgress }: EmbedViewsOptions,
): Promise<EmbeddedViews> {
  const { dataset, batchSize } = job;
  const count = batchSize * stepsPerEpoch(dataset, batchSize);
  const dimension = featuresOf(models.projection ?? models.encoder);
  const { smallCrops: _, ...settings } = job.views;
  const views = [new Float32Array(count * dimension), new Float32Array(count * dimension)] as const;
  for await (const { step, indices, views: pixels } of viewBatches({ ...job, views: settings })) {
    for (const [k, rows] of (await embedBatch(models, dataset, pixels, training)).entries()) {
      assertFinite(models.encoder, dataset, rows, dimension, indices);
      views[k]!.set(rows, step * batchSize * dimension);
    }
    onProgress?.((step + 1) * batchSize, count);
  }
  return { views, count, dimension };
}

/** Both views pass the models as one batch, as in SimCLR. */
async function embedBatch(
  { encoder, projection }: EmbeddingModels,
  { shape }: Dataset,
  pixels: Views,
  training: boolean,
): Promise<Float32Array[]> {
  const all = projection === undefined ? [encoder] : [encoder, projection];
  const embeddings = tf.tidy(() => {
    const images = tf.concat(pixels.map((view) => tf.reshape(tf.tensor1d(view), [-1, ...shape])));
    const apply = (x: tf.Tensor, model: tf.LayersModel) => model.apply(x, { training }) as tf.Tensor;
    return keepingStatistics(all, () => all.reduce(apply, images));
  });
  const rows = await embeddings.data<'float32'>().finally(() => embeddings.dispose());
  return [rows.subarray(0, rows.length / 2), rows.subarray(rows.length / 2)];
}
