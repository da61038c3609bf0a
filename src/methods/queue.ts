import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { normalise } from '../losses/index.js';
import { initialisation } from '../models/index.js';

/** Separates the queue's random numbers from those of the models that are given the same seed. */
const stream = 3;

/**
 * A first-in, first-out queue of K unit vectors, [K, d], the latest first; a method keeps it in its `memory`. It begins with
 * random ones, which the seed decides, as MoCo's does.
 * @throws InputError for a size that is no whole number above 0
 */
export function createQueue(size: number, features: number, seed: number): tf.Variable {
  requireInteger('queueSize', size);
  return tf.tidy(() => {
    const random = initialisation(seed, stream).normal(1, 1).apply([size, features]);
    return tf.variable(normalise(random as tf.Tensor2D), false);
  });
}

/**
 * Puts the rows first and drops as many of the oldest; of more rows than fit the first are kept.
 * @param rows - unit vectors, [N, d]
 */
export function enqueue(queue: tf.Variable, rows: tf.Tensor2D): void {
  tf.tidy(() => {
    const [size, features] = queue.shape as [number, number];
    const entering = Math.min(size, rows.shape[0]);
    const latest = tf.slice(rows, [0, 0], [entering, features]);
    // Slices of no rows are no kernel of onnxruntime.
    if (entering === size) return queue.assign(latest);
    const kept = tf.slice(queue as tf.Tensor2D, [0, 0], [size - entering, features]);
    queue.assign(tf.concat([latest, kept]));
  });
}
