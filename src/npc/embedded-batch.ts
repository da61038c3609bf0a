import * as tf from '@tensorflow/tfjs';
import {
  type Dataset,
  defaultViews,
  type ImageShape,
  type ViewSettings,
  viewBatches,
} from '../data/index.js';
import { normalise } from '../losses/index.js';
import { assertTakes } from '../models/index.js';
import type { EmbeddingModels } from './embed-views.js';

/** One view of one image, to look at and to compute with. */
export interface EmbeddedView {
  /** Which of the image's two. */
  readonly view: 1 | 2;
  /** Index in the data set. */
  readonly image: number;
  /** Name of its class. */
  readonly label: string;
  /** Of the view. */
  readonly shape: ImageShape;
  /** 0 to 255, [height, width, channels], row by row. */
  readonly pixels: Uint8Array;
  /** Of unit length, [d]. */
  readonly embedding: Float32Array;
}

/** Which images, and which views of them, {@link embeddedBatch} takes. */
export interface EmbeddedBatchOptions {
  /** Decides the order of the images, and their views; 1 by default. */
  readonly seed?: number;
  /** How views are made; by default what `data.defaultViews` gives for the data set. */
  readonly views?: ViewSettings;
}

/**
 * All images of a small data set as one batch: view 1 of each, then view 2 in the same order, with what the models make of
 * them in inference mode.
 * @param models - an encoder with its projection head, such as what `train.loadModels` gives
 * @throws InputError where the models do not take the images, for fewer than 2 images, and for views that cannot be made
 */
export async function embeddedBatch(
  models: EmbeddingModels,
  data: Dataset,
  { seed = 1, views = defaultViews(data) }: EmbeddedBatchOptions = {},
): Promise<EmbeddedView[]> {
  assertTakes(models.encoder, data);
  const rows: EmbeddedView[] = [];
  for await (const batch of viewBatches({ dataset: data, views, batchSize: data.length, seed, epoch: 0 })) {
    for (const [k, pixels] of batch.views.entries()) {
      const embeddings = embeddingsOf(models, tf.tensor4d(pixels, [data.length, ...data.shape]));
      const values = await embeddings.data<'float32'>().finally(() => embeddings.dispose());
      for (const [i, image] of batch.indices.entries()) {
        rows.push({
          view: k === 0 ? 1 : 2,
          image,
          label: data.classes[data.labels[image]!]!,
          shape: data.shape,
          pixels: Uint8Array.from(part(pixels, i, data.length), (value) => Math.round(255 * value)),
          embedding: part(values, i, data.length),
        });
      }
    }
  }
  return rows;
}

/** Disposes of the images. */
function embeddingsOf({ encoder, projection }: EmbeddingModels, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const features = encoder.predict(images) as tf.Tensor2D;
    images.dispose();
    return normalise(projection ? (projection.predict(features) as tf.Tensor2D) : features);
  });
}

/** The i-th of `count` equal parts. */
function part(values: Float32Array, i: number, count: number): Float32Array {
  const length = values.length / count;
  return values.slice(i * length, (i + 1) * length);
}
