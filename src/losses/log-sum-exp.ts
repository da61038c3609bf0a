import * as tf from '@tensorflow/tfjs';

/**
 * log(sum(exp(x))) of each row, shifted by the row's maximum so that no exponential overflows.
 *
 * Its gradient is the softmax, taken from the exponentials of the forward pass; the shift carries none.
 *
 * @param x [rows, columns]
 * @returns [rows]
 */
export function logSumExp(x: tf.Tensor2D): tf.Tensor1D {
  return softmaxGradient(x) as tf.Tensor1D;
}

const softmaxGradient = tf.customGrad((input, save) => {
  const x = input as tf.Tensor2D;
  const shift = tf.max(x, 1, true);
  const exponentials = tf.exp(tf.sub(x, shift));
  const sums = tf.sum(exponentials, 1, true);
  (save as tf.GradSaveFunc)([exponentials, sums]);
  return {
    value: tf.squeeze(tf.add(tf.log(sums), shift), [1]),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [e, s] = saved as [tf.Tensor2D, tf.Tensor2D];
      return tf.mul(e, tf.div(tf.expandDims(dy, 1), s));
    },
  };
});
