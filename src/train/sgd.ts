import * as tf from '@tensorflow/tfjs';
import { requireRange } from '../errors.js';
import type { Optimiser, OptimiserChoice } from './optimiser.js';
import { zerosLike } from './zeros-like.js';

/** Momentum and weight decay of {@link sgd}. */
export interface SgdOptions {
  /** Share of the previous update that is kept, from 0 to 1; 0.9 by default. */
  readonly momentum?: number;
  /** Multiple of each weight added to its gradient (L2 penalty); 5e-4 by default. */
  readonly weightDecay?: number;
  /** Whether biases, gamma and beta are left out of the weight decay; not by default, as in lightly's CIFAR-10 recipe. */
  readonly excludeBiasesAndNorms?: boolean;
}

const defaults = { momentum: 0.9, weightDecay: 5e-4, excludeBiasesAndNorms: false };

/**
 * Stochastic gradient descent with momentum and coupled weight decay, in PyTorch's form:
 * v := momentum v + (gradient + weightDecay w), w := w - learningRate v.
 * @throws InputError for a momentum or weight decay that is out of range
 */
export function sgd(options: SgdOptions = {}): OptimiserChoice {
  const settings = { ...defaults, ...options };
  requireRange('momentum', settings.momentum, 0, 1);
  requireRange('weightDecay', settings.weightDecay, 0);
  return {
    name: 'sgd',
    settings,
    start: (weights, biasesAndNorms) => new Sgd(weights, settings, biasesAndNorms),
  };
}

/** {@link sgd} at work on some weights. */
export class Sgd implements Optimiser {
  /** What lasts from step to step. */
  readonly slots: {
    /** v of each weight, in the weights' order. */
    readonly velocity: readonly tf.Variable[];
  };
  private readonly settings: Required<SgdOptions>;

  constructor(
    private readonly weights: readonly tf.Variable[],
    options: SgdOptions = {},
    private readonly biasesAndNorms: ReadonlySet<tf.Variable> = new Set(),
  ) {
    this.settings = { ...defaults, ...options };
    this.slots = { velocity: zerosLike(weights) };
  }

  step(gradients: readonly tf.Tensor[], rate: tf.Scalar): void {
    tf.tidy(() => {
      const momentum = tf.scalar(this.settings.momentum);
      const decay = tf.scalar(this.settings.weightDecay);
      for (const [i, weight] of this.weights.entries()) {
        const velocity = this.slots.velocity[i]!;
        const excluded = this.settings.excludeBiasesAndNorms && this.biasesAndNorms.has(weight);
        const gradient = excluded ? gradients[i]! : tf.add(gradients[i]!, tf.mul(weight, decay));
        velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
        weight.assign(tf.sub(weight, tf.mul(velocity, rate)));
      }
    });
  }

  /** Frees the velocities; the weights are the caller's and stay. */
  dispose(): void {
    tf.dispose([...this.slots.velocity]);
  }
}
