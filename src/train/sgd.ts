import * as tf from '@tensorflow/tfjs';

export interface SgdOptions {
  /** Share of the previous update that is kept; 0.9 is the usual. */
  readonly momentum: number;
  /** Multiple of each weight added to its gradient (L2 penalty), for every trainable weight. */
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent with momentum and coupled weight decay, in PyTorch's form:
 * v := momentum v + (gradient + weightDecay w), w := w - learningRate v.
 */
export class Sgd {
  /** v of each weight, in the weights' order: part of what an exact resume needs. */
  readonly velocities: readonly tf.Variable[];

  constructor(
    private readonly weights: readonly tf.Variable[],
    private readonly options: SgdOptions,
  ) {
    this.velocities = weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));
  }

  /**
   * Updates every weight in place.
   *
   * @param gradients - one for each weight, in the weights' order
   * @param rate - the learning rate: a tensor, so that a new one does not mean a new compilation
   */
  step(gradients: readonly tf.Tensor[], rate: tf.Scalar): void {
    tf.tidy(() => {
      const momentum = tf.scalar(this.options.momentum);
      const decay = tf.scalar(this.options.weightDecay);
      this.weights.forEach((weight, i) => {
        const velocity = this.velocities[i]!;
        const gradient = tf.add(gradients[i]!, tf.mul(weight, decay));
        velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
        weight.assign(tf.sub(weight, tf.mul(velocity, rate)));
      });
    });
  }

  dispose(): void {
    for (const velocity of this.velocities) velocity.dispose();
  }
}
