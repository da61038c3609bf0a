import type * as tf from '@tensorflow/tfjs';
import { type ContrastiveLoss, joined, normalise, similarities } from '../losses/index.js';
import { projectionHead } from '../models/index.js';
import { applyModels } from './apply-models.js';
import { contrast } from './contrast.js';
import { completeHead, type HeadOptions, headFor, headSettings } from './head.js';
import type { Learner, Method } from './method.js';

/** What {@link simclr} compares, and what the embeddings are made by. */
export interface SimclrOptions {
  /** Compares the two views' embeddings; its temperature is also that of the reported multiplier q. */
  readonly loss: ContrastiveLoss;
  /** By default as wide as the encoder's features, to 128 dimensions. */
  readonly head?: HeadOptions;
}

/**
 * SimCLR (Chen et al., 2020): two views of each image, one encoder, a projection head, the other images' views as negatives.
 * Both views pass the encoder as one batch [2N, height, width, channels], so batch norm sees them together.
 *
 * With small crops (multi-crop, Caron et al., 2020) each of them is compared with each of the two views as these are with
 * each other, and the loss is the mean over all anchors of all pairs.
 *
 * The method's `start` throws an InputError for an encoder that does not give one vector per image, [N, features], and
 * for numbers of features of the head that are no whole numbers above 0.
 */
export function simclr({ loss, ...options }: SimclrOptions): Method {
  const head = completeHead(options.head ?? {}, 'hidden');
  return {
    name: 'simclr',
    loss,
    settings: headSettings(head),
    start(encoder, seed) {
      const projection = projectionHead({ ...headFor(encoder, head), seed });
      return compareWith(encoder, projection, loss);
    },
  };
}

function compareWith(encoder: tf.LayersModel, projection: tf.LayersModel, loss: ContrastiveLoss): Learner {
  const trained = [encoder, projection];
  return {
    models: { encoder, projection },
    trained,
    memory: {},
    embed: (views) => ({ trained: applyModels(trained, views, { training: true }), constant: [] }),
    compare({ trained: embeddings }) {
      const [u1, u2, ...crops] = embeddings.map(normalise) as [tf.Tensor2D, tf.Tensor2D, ...tf.Tensor2D[]];
      const pairs = [[u1, u2], ...crops.flatMap((crop) => [u1, u2].map((view) => [view, crop]))];
      return contrast(loss, joined(pairs.map(([a, b]) => similarities(a!, b!, loss.settings.temperature))));
    },
    update() {},
  };
}
