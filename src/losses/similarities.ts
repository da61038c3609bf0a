import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';

/** What A anchors are compared with. */
export interface Similarities {
  /** Dot product of each anchor with its positive, over the temperature, [A]. */
  readonly positives: tf.Tensor1D;
  /** Dot products of each anchor with its M negatives, over the temperature, [A, M]. */
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

/** What several groups of anchors are compared with, one group after the other; each anchor of any has equally many negatives. */
export function joined(groups: readonly Similarities[]): Similarities {
  return {
    positives: tf.concat(groups.map(({ positives }) => positives)),
    negatives: tf.concat(groups.map(({ negatives }) => negatives)),
  };
}

/**
 * SimCLR's comparison: the anchors are the N images' 2N views, those of view 1 first; the positive is the other view of
 * the image, the negatives are both views of the other N - 1 images. Nothing is masked: an anchor's own row and its
 * positive are cut out of the matrix, which leaves exactly the 2(N - 1) terms of U.
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
  const matrix = tf.matMul(tf.div(anchors, temperature), candidates, false, true);
  const pair = tf.div<tf.Tensor1D>(tf.sum(tf.mul(u1, u2), 1), temperature);
  const negatives = withoutOwnImage(tf.reshape(matrix, [2, images, 2 * images]));
  return {
    positives: tf.concat([pair, pair]),
    negatives: tf.reshape(negatives, [2 * images, 2 * (images - 1)]),
  };
}

/**
 * Cuts what row i has of image i out of square matrices of `images` rows, whose columns hold `width` entries for each image
 * side by side: [matrices, images, images * width] to [matrices, images, (images - 1) * width].
 *
 * In row-major order these entries lie (images + 1) * width elements apart, the first at the start. So without the first, the
 * rest of a matrix falls into images - 1 rows of that length, each ending in the next entries to be cut out.
 */
export function withoutOwnImage(matrix: tf.Tensor3D): tf.Tensor3D {
  const [matrices, images, columns] = matrix.shape;
  const width = columns / images;
  const rows = images - 1;
  const flat = tf.reshape(matrix, [matrices, images * columns]);
  const fromSecond = tf.slice(flat, [0, width], [matrices, images * columns - width]);
  const endingInOwn = tf.reshape(fromSecond, [matrices * rows, columns + width]);
  const kept = tf.slice(endingInOwn, [0, 0], [matrices * rows, columns]);
  return tf.reshape(kept, [matrices, images, columns - width]);
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
