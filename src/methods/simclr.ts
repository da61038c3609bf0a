import * as tf from '@tensorflow/tfjs';
import type { ContrastiveLoss } from '../losses/loss.js';
import { featuresOf, projectionHead } from '../models/index.js';
import { multiplier } from '../npc/index.js';
import type { Learner, Method } from './method.js';

/** Sizes of SimCLR's projection head, a two-layer perceptron that is thrown away after pretraining. */
export interface SimclrHeadOptions {
  /** Width of the hidden layer; by default the encoder's number of features. */
  readonly hiddenFeatures?: number;
  /** Dimension d of the embeddings that the loss compares, each view's [N, d]; 128 by default. */
  readonly outputFeatures?: number;
}

export interface SimclrOptions {
  /** Compares the two views' embeddings; its temperature is also that of the reported multiplier q. */
  readonly loss: ContrastiveLoss;
  /** By default as wide as the encoder's features, to 128 dimensions. */
  readonly head?: SimclrHeadOptions;
}

/**
 * SimCLR (Chen et al., 2020): two views of each image, one encoder, a projection head, the other images' views as negatives.
 * Both views pass the encoder as one batch [2N, height, width, channels], so batch norm sees them together.
 *
 * The method's `start` throws an InputError for an encoder that does not give one vector per image, [N, features], and
 * for numbers of features of the head that are no whole numbers above 0.
 */
export function simclr({ loss, head = {} }: SimclrOptions): Method {
  const { hiddenFeatures, outputFeatures = 128 } = head;
  return {
    name: 'simclr',
    loss,
    settings: { hiddenFeatures: hiddenFeatures ?? 'as the encoder', outputFeatures },
    start(encoder, seed) {
      const inputFeatures = featuresOf(encoder);
      const projection = projectionHead({
        inputFeatures,
        hiddenFeatures: hiddenFeatures ?? inputFeatures,
        outputFeatures,
        seed,
      });
      return compareWith(encoder, projection, loss);
    },
  };
}

function compareWith(encoder: tf.LayersModel, projection: tf.LayersModel, loss: ContrastiveLoss): Learner {
  const temperature = loss.settings.temperature;
  return {
    models: { encoder, projection },
    embed(view1, view2) {
      const features = encoder.apply(tf.concat([view1, view2]), { training: true });
      const embeddings = projection.apply(features as tf.Tensor, { training: true }) as tf.Tensor2D;
      return tf.split(embeddings, 2);
    },
    compare(embeddings) {
      const [z1, z2] = embeddings as [tf.Tensor2D, tf.Tensor2D];
      return { loss: loss(z1, z2), multiplier: multiplier(z1, z2, { temperature }) };
    },
  };
}
