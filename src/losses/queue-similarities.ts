import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import type { Similarities } from './similarities.js';

/**
 * MoCo's comparison (He et al., 2020): the anchors are the queries, the positive of each is the key of the same image, the
 * negatives are the K keys of a queue. U of the paper is then the sum over the queue.
 *
 * @param queries unit vectors, [N, d]
 * @param keys unit vectors, [N, d]; row i of both comes from image i
 * @param queue unit vectors of other images, [K, d]
 * @throws InputError unless queries and keys are [N, d] and the queue [K, d]
 */
export function queueSimilarities(
  queries: tf.Tensor2D,
  keys: tf.Tensor2D,
  queue: tf.Tensor2D,
  temperature: number,
): Similarities {
  const shapes = [queries, keys, queue].map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
  const fit = String(queries.shape) === String(keys.shape) && queue.shape[1] === queries.shape[1];
  if (!fit || queries.rank !== 2 || queue.rank !== 2) {
    throw new InputError(
      `Queries, keys and queue have shapes ${shapes}; give [N, d] for both, row i from image i, and [K, d].`,
    );
  }
  const anchors = tf.div<tf.Tensor2D>(queries, temperature);
  return {
    positives: tf.sum(tf.mul(anchors, keys), 1),
    negatives: tf.matMul(anchors, queue, false, true) as tf.Tensor2D,
  };
}
