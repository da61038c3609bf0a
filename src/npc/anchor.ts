import * as tf from '@tensorflow/tfjs';
import { requireInteger, requireOneOf } from '../errors.js';
import { requireViews } from '../losses/similarities.js';

/** One of a batch's 2N anchors. */
export interface Anchor {
  /** Which of the two views, 1 or 2. */
  readonly view: 1 | 2;
  /** Row of both views' embeddings, 0 to N - 1. */
  readonly image: number;
}

/** An anchor and everything that its loss compares it with. */
export interface Comparison {
  /** [d] */
  readonly anchor: tf.Tensor1D;
  /** The other view of the same image, [d]. */
  readonly positive: tf.Tensor1D;
  /** View 1 of all other images in their order, then view 2, [2(N - 1), d]. */
  readonly negatives: tf.Tensor2D;
}

/** @throws InputError unless both views are [N, d] with N of at least 2 and the anchor is one of theirs */
export function comparison(z1: tf.Tensor2D, z2: tf.Tensor2D, { view, image }: Anchor): Comparison {
  requireViews(z1, z2);
  requireOneOf('view', String(view), ['1', '2']);
  requireInteger('image', image, 0, z1.shape[0] - 1);
  const [own, other] = view === 1 ? [z1, z2] : [z2, z1];
  const row = (z: tf.Tensor2D) => tf.squeeze<tf.Tensor1D>(tf.slice(z, [image, 0], [1, z.shape[1]]), [0]);
  const others = Array.from({ length: z1.shape[0] }, (_, i) => i).filter((i) => i !== image);
  const rows = tf.tensor1d(others, 'int32');
  const negatives = tf.concat([tf.gather(z1, rows), tf.gather(z2, rows)]);
  return { anchor: row(own), positive: row(other), negatives };
}

/** Dot products <anchor, positive> / temperature, a scalar, and <anchor, negative> / temperature, [2(N - 1)]. */
export function logits({ anchor, positive, negatives }: Comparison, temperature: number) {
  const column = tf.expandDims<tf.Tensor2D>(tf.div(anchor, temperature), 1);
  return {
    positive: tf.div<tf.Scalar>(tf.sum(tf.mul(anchor, positive)), temperature),
    negatives: tf.squeeze<tf.Tensor1D>(tf.matMul(negatives, column), [1]),
  };
}
