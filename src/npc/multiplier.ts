import * as tf from '@tensorflow/tfjs';
import { requirePositive } from '../errors.js';
import { decoupledTerms } from '../losses/dcl.js';
import { defaults, type TemperatureOptions } from '../losses/settings.js';
import { normalise, similarities } from '../losses/similarities.js';

/**
 * The negative-positive-coupling multiplier of every anchor (Yeh et al., ECCV 2022, Proposition 1): the one factor
 * that scales an anchor's whole InfoNCE gradient, and that DCL takes away,
 *
 *     q_i^(k) = U_{i,k} / ( exp(<z_i^(1), z_i^(2)> / temperature) + U_{i,k} )
 *
 * with U the sum over both views of all other images. It is computed as sigmoid(log U - <z_i^(1), z_i^(2)> /
 * temperature) in a form that keeps the relative accuracy of small values. The embeddings are scaled to unit length
 * inside.
 *
 * @param z1 embeddings of view 1, [N, d]
 * @param z2 embeddings of view 2, [N, d]; row i of both comes from image i
 * @returns q, [2, N] (view, sample), each between 0 and 1
 * @throws InputError unless both are [N, d] with N of at least 2 and the temperature is a finite number above 0
 */
export function multiplier(z1: tf.Tensor2D, z2: tf.Tensor2D, options: TemperatureOptions = {}): tf.Tensor2D {
  const { temperature = defaults.temperature } = options;
  requirePositive('temperature', temperature);
  return tf.tidy(() => {
    const terms = decoupledTerms(similarities(normalise(z1), normalise(z2), temperature));
    return tf.reshape(multiplierOf(terms), [2, -1]);
  });
}

/** q of log U - positive / temperature: the sigmoid, in the same shape. */
export function multiplierOf<T extends tf.Tensor>(terms: T): T {
  // Fast sigmoid kernels round values below 1e-7 to 0; exp(-softplus(-x)) is the same function without that.
  return tf.exp(tf.neg(tf.softplus(tf.neg(terms))));
}
