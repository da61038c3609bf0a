import * as tf from '@tensorflow/tfjs';
import { requirePositive } from '../errors.js';
import { defaults, type TemperatureOptions } from '../losses/settings.js';
import { type Anchor, comparison, logits } from './anchor.js';
import { sigmoid } from './multiplier.js';

/** What the InfoNCE term of one anchor does to every embedding of the batch. */
export interface AnchorGradients {
  /** q, between 0 and 1. */
  readonly multiplier: tf.Scalar;
  /** dL / d anchor, [d]. */
  readonly anchor: tf.Tensor1D;
  /** dL / d positive, [d]. */
  readonly positive: tf.Tensor1D;
  /** dL / d negative of each, [2(N - 1), d]: view 1 of all other images in their order, then view 2. */
  readonly negatives: tf.Tensor2D;
  /** exp(<anchor, negative> / temperature) / U of each, [2(N - 1)]; their sum is 1. */
  readonly shares: tf.Tensor1D;
}

/**
 * Proposition 1 (Yeh et al., ECCV 2022) in closed form: the gradients of one anchor's InfoNCE term
 * L = -log( exp(<a, p> / t) / ( exp(<a, p> / t) + U ) ) with anchor a, positive p, negatives n and temperature t,
 *
 *     dL/da = -(q/t) ( p - sum of share n ),    dL/dp = -(q/t) a,    dL/dn = (q/t) share a
 *
 * The embeddings are taken as free vectors, as the paper does: nothing is normalised inside. Give unit vectors, such as
 * `losses.normalise(z)`, for the numbers that training sees. DCL's gradients (Proposition 2) are the same without q:
 * divide by `multiplier`.
 *
 * @param z1 embeddings of view 1, [N, d]
 * @param z2 embeddings of view 2, [N, d]; row i of both comes from image i
 * @param options which anchor; the temperature, 0.1 by default
 * @throws InputError unless both are [N, d] with N of at least 2, the anchor is one of theirs, and the temperature is a
 *   finite number above 0
 */
export function gradients(
  z1: tf.Tensor2D,
  z2: tf.Tensor2D,
  options: Anchor & TemperatureOptions,
): AnchorGradients {
  const { temperature = defaults.temperature } = options;
  requirePositive('temperature', temperature);
  return tf.tidy(() => {
    const compared = comparison(z1, z2, options);
    const { anchor, positive, negatives } = compared;
    const similarity = logits(compared, temperature);
    const shares = tf.softmax(similarity.negatives);
    const multiplier = sigmoid(tf.sub(tf.logSumExp(similarity.negatives), similarity.positive));
    const factor = tf.div(multiplier, temperature);
    const pushedFrom = tf.squeeze(tf.matMul(tf.expandDims(shares, 0), negatives), [0]);
    return {
      multiplier,
      anchor: tf.mul(factor, tf.sub(pushedFrom, positive)),
      positive: tf.neg(tf.mul(factor, anchor)),
      negatives: tf.mul(factor, tf.mul(tf.expandDims(shares, 1), tf.expandDims(anchor, 0))),
      shares,
    };
  }) as AnchorGradients;
}
