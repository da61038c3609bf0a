import type * as tf from '@tensorflow/tfjs';

/** How weights are updated, before there are any: a plain value that can be reused for several runs. */
export interface OptimiserChoice {
  /** What run settings call it. */
  readonly name: string;
  /** All that the updates depend on besides gradients and learning rate: stored with a run, and compared when it is resumed. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /**
   * Makes what lasts from step to step, at its initial values.
   *
   * @param weights - what it will move
   * @param biasesAndNorms - those of them that are biases, or gamma or beta of a normalisation (`models.biasesAndNorms`)
   */
  start(weights: readonly tf.Variable[], biasesAndNorms?: ReadonlySet<tf.Variable>): Optimiser;
}

/**
 * At work on some weights. What `step` does may depend on its arguments, the weights, the slots and constants only: after
 * a few steps it is replayed without being called (see engine.replayable).
 */
export interface Optimiser {
  /** What lasts from step to step, such as a velocity of each weight, by name: part of what an exact resume needs. */
  readonly slots: Readonly<Record<string, readonly tf.Variable[]>>;
  /**
   * Updates every weight in place.
   *
   * @param gradients - one for each weight, in the weights' order
   * @param rate - the learning rate: a tensor, so that a new one does not mean a new compilation
   */
  step(gradients: readonly tf.Tensor[], rate: tf.Scalar): void;
  /** Frees the slots; the weights are the caller's and stay. */
  dispose(): void;
}

/** Every tensor in the slots. */
export function slotsOf({ slots }: Optimiser): tf.Variable[] {
  return Object.values(slots).flat();
}
