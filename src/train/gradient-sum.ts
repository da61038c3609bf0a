import * as tf from '@tensorflow/tfjs';
import { zerosLike } from './zeros-like.js';

/** Adds up gradients of some weights over several passes. */
export class GradientSum {
  /** In the weights' order. */
  readonly sums: readonly tf.Variable[];

  constructor(weights: readonly tf.Variable[]) {
    this.sums = zerosLike(weights);
  }

  clear(): void {
    tf.tidy(() => {
      for (const sum of this.sums) sum.assign(tf.tensor(new Float32Array(sum.size), sum.shape));
    });
  }

  /** @param gradients - one for each weight, in the weights' order */
  add(gradients: readonly tf.Tensor[]): void {
    tf.tidy(() => {
      for (const [i, sum] of this.sums.entries()) sum.assign(tf.add(sum, gradients[i]!));
    });
  }

  dispose(): void {
    tf.dispose([...this.sums]);
  }
}
