import * as tf from '@tensorflow/tfjs';
import { requireViews, type Similarities, withoutOwnImage } from './similarities.js';

/**
 * The comparison of one view with the other, N ways (NNCLR, Dwibedi et al., 2021, equation 2): anchor i's positive is
 * candidate i, its negatives are the N - 1 other candidates; no anchor is compared with anchors.
 *
 * @param anchors unit vectors, [N, d]; in NNCLR the nearest neighbours of one view's embeddings
 * @param candidates unit vectors, [N, d]; in NNCLR the predictions from the other view
 * @throws InputError unless both are [N, d] with N of at least 2
 */
export function crossSimilarities(
  anchors: tf.Tensor2D,
  candidates: tf.Tensor2D,
  temperature: number,
): Similarities {
  requireViews(anchors, candidates);
  const images = anchors.shape[0];
  const scaled = tf.div<tf.Tensor2D>(anchors, temperature);
  const matrix = tf.matMul(scaled, candidates, false, true);
  const negatives = withoutOwnImage(tf.reshape(matrix, [1, images, images]));
  return {
    positives: tf.sum(tf.mul(scaled, candidates), 1),
    negatives: tf.reshape(negatives, [images, images - 1]),
  };
}
