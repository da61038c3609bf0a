import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';

/** What a batch's 2N anchors are compared with: those of view 1 first, then those of view 2. */
export interface Similarities {
  /** Similarity of each anchor to the other view of its image, over the temperature, [2N]. */
  readonly positives: tf.Tensor1D;
  /** Similarities of each anchor to both views of the other N - 1 images, over the temperature, [2N, 2(N - 1)]. */
  readonly negatives: tf.Tensor2D;
}

/**
 * Scales each row to unit length.
 *
 * @param z embeddings, [N, d]; a row of zeros stays zero
 */
export function normalise(z: tf.Tensor2D): tf.Tensor2D {
  const squaredLength = tf.maximum(tf.sum(tf.square(z), 1, true), 1e-24);
  return tf.mul(z, tf.rsqrt(squaredLength));
}

/**
 * Similarities <u, v> / temperature of every anchor to its positive and to its negatives. Nothing is masked: an
 * anchor's own row and its positive are cut out of the matrix, which leaves exactly the 2(N - 1) terms of U.
 *
 * @param u1 unit vectors of view 1, [N, d]
 * @param u2 unit vectors of view 2, [N, d]; row i of both comes from image i
 * @throws InputError unless both are [N, d] with N of at least 2
 */
export function similarities(u1: tf.Tensor2D, u2: tf.Tensor2D, temperature: number): Similarities {
  requireViews(u1, u2);
  const [images, features] = u1.shape;
  const anchors = tf.concat([u1, u2], 0);
  // Both views of an image side by side: what anchor i leaves out, columns 2i and 2i + 1, is then one run.
  const candidates = tf.reshape(tf.concat([u1, u2], 1), [2 * images, features]);
  const matrix = tf.matMul(tf.div(anchors, temperature), candidates, false, true) as tf.Tensor2D;
  const pair = tf.div(tf.sum(tf.mul(u1, u2), 1), temperature);
  return { positives: tf.concat([pair, pair]) as tf.Tensor1D, negatives: withoutOwnImage(matrix, images) };
}

/**
 * Cuts columns 2i and 2i + 1 out of the rows of image i, from [2N, 2N] to [2N, 2(N - 1)].
 *
 * In row-major order these pairs lie 2N + 2 elements apart, the first at the start. So without that first pair, the
 * rest of a view's matrix falls into N - 1 rows of 2N + 2 elements, each ending in the next pair.
 */
function withoutOwnImage(matrix: tf.Tensor2D, images: number): tf.Tensor2D {
  const flat = tf.reshape(matrix, [2, 2 * images * images]);
  const fromSecondPair = tf.slice(flat, [0, 2], [2, 2 * (images * images - 1)]);
  const endingInPairs = tf.reshape(fromSecondPair, [2 * (images - 1), 2 * (images + 1)]);
  const kept = tf.slice(endingInPairs, [0, 0], [2 * (images - 1), 2 * images]);
  return tf.reshape(kept, [2 * images, 2 * (images - 1)]);
}

/** @throws InputError unless both views are [N, d] with N of at least 2 */
export function requireViews(u1: tf.Tensor, u2: tf.Tensor): void {
  const shapes = `[${u1.shape.join(', ')}] and [${u2.shape.join(', ')}]`;
  if (u1.rank !== 2 || u2.rank !== 2) {
    throw new InputError(`The two views have shapes ${shapes}: give the embeddings of each as [N, d].`);
  }
  if (u1.shape[0] !== u2.shape[0] || u1.shape[1] !== u2.shape[1]) {
    throw new InputError(`The two views have shapes ${shapes}: row i of both must come from image i.`);
  }
  if (u1.shape[0]! < 2) {
    throw new InputError(
      `A batch of ${u1.shape[0]} has no negatives: contrast at least 2 images (drop a last batch of 1).`,
    );
  }
}
