import * as tf from '@tensorflow/tfjs';
import { requirePositive } from '../errors.js';
import { decoupledTerms } from '../losses/dcl.js';
import { crossSimilarities, normalise, queueSimilarities, similarities } from '../losses/index.js';
import { defaults, type TemperatureOptions } from '../losses/settings.js';
import type { Similarities } from '../losses/similarities.js';

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
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const [z1, z2] = [tf.randomNormal<tf.Rank.R2>([32, 128]), tf.randomNormal<tf.Rank.R2>([32, 128])];
 * dcl.npc.multiplier(z1, z2, { temperature: 0.1 }).print();
 * ```
 */
export function multiplier(z1: tf.Tensor2D, z2: tf.Tensor2D, options: TemperatureOptions = {}): tf.Tensor2D {
  const temperature = temperatureOf(options);
  return tf.tidy(() =>
    tf.reshape(multiplierOf(similarities(normalise(z1), normalise(z2), temperature)), [2, -1]),
  );
}

/**
 * The multiplier of MoCo's queries, whose negatives are a queue of keys: U is the sum over the queue, so that q depends on
 * the queue's size and not on the batch's.
 *
 * @param queries [N, d]
 * @param keys the positives, [N, d]; row i of both comes from image i
 * @param queue [K, d]
 * @returns q, [N], each between 0 and 1
 * @throws InputError unless the shapes fit and the temperature is a finite number above 0
 */
export function queueMultiplier(
  queries: tf.Tensor2D,
  keys: tf.Tensor2D,
  queue: tf.Tensor2D,
  options: TemperatureOptions = {},
): tf.Tensor1D {
  const temperature = temperatureOf(options);
  return tf.tidy(() => {
    const [unitQueries, unitKeys, unitQueue] = [normalise(queries), normalise(keys), normalise(queue)];
    return multiplierOf(queueSimilarities(unitQueries, unitKeys, unitQueue, temperature));
  });
}

/**
 * The multiplier of NNCLR's anchors, each the nearest neighbour of one view's embedding: the positive is the prediction
 * from the image's other view, U the sum over the predictions from the other images.
 *
 * @param neighbours [N, d]
 * @param predictions [N, d]; row i of both comes from image i
 * @returns q, [N], each between 0 and 1
 * @throws InputError unless both are [N, d] with N of at least 2 and the temperature is a finite number above 0
 */
export function neighbourMultiplier(
  neighbours: tf.Tensor2D,
  predictions: tf.Tensor2D,
  options: TemperatureOptions = {},
): tf.Tensor1D {
  const temperature = temperatureOf(options);
  return tf.tidy(() =>
    multiplierOf(crossSimilarities(normalise(neighbours), normalise(predictions), temperature)),
  );
}

/** The multiplier of any anchors: U / (exp(positive) + U) with U the sum of the exponentials of the negatives, [A]. */
export function multiplierOf(compared: Similarities): tf.Tensor1D {
  return tf.tidy(() => sigmoid(decoupledTerms(compared)));
}

/** Fast kernels round values below 1e-7 to 0; exp(-softplus(-x)) is the same function without that. */
export function sigmoid<T extends tf.Tensor>(x: T): T {
  return tf.exp(tf.neg(tf.softplus(tf.neg(x))));
}

function temperatureOf({ temperature = defaults.temperature }: TemperatureOptions): number {
  requirePositive('temperature', temperature);
  return temperature;
}
