import * as tf from '@tensorflow/tfjs';

/** A variable of zeros for each weight. */
export function zerosLike(weights: readonly tf.Variable[]): tf.Variable[] {
  return weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));
}
