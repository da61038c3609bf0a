import * as tf from '@tensorflow/tfjs';

/** What `compute` returns, as a constant: no gradient goes back through it, such as to a momentum encoder. */
export function withoutGradient<T extends tf.Tensor>(compute: () => T): T {
  // Within an operation of its own nothing is recorded for differentiation, and its only input is of no interest to anyone.
  const constant = tf.customGrad((input) => ({ value: compute(), gradFunc: () => input as tf.Tensor }));
  return constant(tf.scalar(0)) as T;
}
