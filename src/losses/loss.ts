import * as tf from '@tensorflow/tfjs';
import { requirePositive } from '../errors.js';
import { normalise, type Similarities, similarities } from './similarities.js';

/** A contrastive loss of two views' embeddings, [N, d] each; row i of both comes from image i. */
export interface ContrastiveLoss {
  (z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Scalar;
  /**
   * The same loss of anchors whose negatives the caller has chosen, such as those of a queue: the mean over the anchors.
   * @param similarities - over this loss's temperature
   */
  ofSimilarities(similarities: Similarities): tf.Scalar;
  /** How `dcl-lab pretrain --loss` and run settings call it. */
  readonly lossName: string;
  /** What it was made with, its defaults filled in. */
  readonly settings: LossSettings;
}

/** Everything a loss depends on besides the embeddings, such as `{ temperature: 0.1 }`. */
export interface LossSettings {
  /** Divides the cosine similarities; above 0. */
  readonly temperature: number;
  readonly [setting: string]: number;
}

/**
 * A loss from its terms: the mean over the anchors; of two views' embeddings, over the 2N anchors of `similarities`, after
 * scaling them to unit length.
 * @param termsOf - one term for each anchor, [A]
 * @throws InputError for a setting that is not a finite number above 0
 */
export function contrastiveLoss(
  lossName: string,
  settings: LossSettings,
  termsOf: (similarities: Similarities) => tf.Tensor1D,
): ContrastiveLoss {
  for (const [name, value] of Object.entries(settings)) requirePositive(name, value);
  const ofSimilarities = (compared: Similarities): tf.Scalar => tf.tidy(() => tf.mean(termsOf(compared)));
  const loss = (z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Scalar =>
    tf.tidy(() => ofSimilarities(similarities(normalise(z1), normalise(z2), settings.temperature)));
  return Object.assign(loss, { ofSimilarities, lossName, settings });
}
