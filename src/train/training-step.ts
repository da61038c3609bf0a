import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../data/dataset.js';
import { type Repeatable, replayable } from '../engine/index.js';
import type { Learner } from '../methods/index.js';
import { Sgd, type SgdOptions } from './sgd.js';

/** What one step reports: its loss and the batch's q, [2, N] row by row. */
export interface StepResult {
  readonly loss: number;
  readonly multiplier: Float32Array;
}

/** Two views of N images, each [N, height, width, channels] with values in [0, 1]. */
export type ViewPair = readonly [Float32Array, Float32Array];

/** A learner with its optimiser: one call is one step from views to updated weights. */
export class TrainingStep {
  readonly optimiser: Sgd;
  private readonly weights: readonly tf.Variable[];
  private readonly step: Repeatable;

  constructor(
    private readonly learner: Learner,
    private readonly shape: ImageShape,
    sgd: SgdOptions,
  ) {
    this.weights = Object.values(learner.models).flatMap((model) =>
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    this.optimiser = new Sgd(this.weights, sgd);
    const state = Object.values(learner.models).flatMap((model) =>
      model.weights.map((weight) => weight.read() as tf.Variable),
    );
    this.step = replayable(
      (view1, view2, learningRate) =>
        this.update(view1 as tf.Tensor4D, view2 as tf.Tensor4D, learningRate as tf.Scalar),
      [...state, ...this.optimiser.velocities],
    );
  }

  async run(views: ViewPair, learningRate: number): Promise<StepResult> {
    const [loss, multiplier] = tf.tidy(() => {
      const [view1, view2] = views.map((view) =>
        tf.tensor4d(view, [view.length / this.pixels, ...this.shape]),
      );
      return this.step(view1!, view2!, tf.scalar(learningRate));
    }) as [tf.Scalar, tf.Tensor2D];
    try {
      // The first read runs the whole step, updates included, on an engine that only records until then.
      const [value] = await loss.data();
      return { loss: value!, multiplier: (await multiplier.data()) as Float32Array };
    } finally {
      tf.dispose([loss, multiplier]);
    }
  }

  private update(view1: tf.Tensor4D, view2: tf.Tensor4D, learningRate: tf.Scalar): [tf.Scalar, tf.Tensor2D] {
    let multiplier: tf.Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const result = this.learner.compare(view1, view2);
      multiplier = tf.keep(result.multiplier);
      return result.loss;
    }, [...this.weights]);
    this.optimiser.step(
      this.weights.map((weight) => grads[weight.name]!),
      learningRate,
    );
    return [value, multiplier!];
  }

  private get pixels(): number {
    return this.shape[0] * this.shape[1] * this.shape[2];
  }
}
