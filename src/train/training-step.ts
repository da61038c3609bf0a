import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../data/dataset.js';
import { type Repeatable, replayable } from '../engine/index.js';
import type { BatchResult, Learner } from '../methods/index.js';
import { batchGradients, type Differentiable, images, stateOf, type ViewPair } from './batch-gradients.js';
import { type Chunk, GradientCache } from './gradient-cache.js';
import { Sgd, type SgdOptions } from './sgd.js';

/** What one step reports: its loss and the batch's q, [2, N] row by row. */
export interface StepResult {
  readonly loss: number;
  readonly multiplier: Float32Array;
}

/** A learner with its optimiser: one call is one step from views to updated weights. */
export class TrainingStep {
  readonly optimiser: Sgd;
  private readonly model: Differentiable;
  private readonly step: Repeatable;
  private cache: GradientCache | undefined;

  constructor(learner: Learner, shape: ImageShape, sgd: SgdOptions) {
    const weights = Object.values(learner.models).flatMap((model) =>
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    this.model = { learner, weights, shape };
    this.optimiser = new Sgd(weights, sgd);
    this.step = replayable(
      (view1, view2, learningRate) => {
        const batch = batchGradients(this.model, view1 as tf.Tensor4D, view2 as tf.Tensor4D);
        this.optimiser.step(batch.gradients, learningRate as tf.Scalar);
        return [batch.loss, batch.multiplier];
      },
      [...stateOf(learner), ...this.optimiser.velocities],
    );
  }

  /** The whole batch at once. */
  async run(views: ViewPair, learningRate: number): Promise<StepResult> {
    const [loss, multiplier] = tf.tidy(() =>
      this.step(...images(views, this.model.shape), tf.scalar(learningRate)),
    ) as [tf.Scalar, tf.Tensor2D];
    return read({ loss, multiplier });
  }

  /** The batch a chunk at a time. @param chunks - draws its chunks, the same ones whenever it is called */
  async runInChunks(chunks: () => AsyncIterable<Chunk>, learningRate: number): Promise<StepResult> {
    this.cache ??= new GradientCache(this.model);
    const { loss, multiplier, gradients } = await this.cache.gradients(chunks);
    tf.tidy(() => this.optimiser.step(gradients, tf.scalar(learningRate)));
    // The update is computed now, or it would become part of the next chunk's graph and have that compiled anew.
    await this.optimiser.velocities[0]!.data();
    return read({ loss, multiplier });
  }

  /** Frees what the step added to the learner. */
  dispose(): void {
    this.optimiser.dispose();
    this.cache?.dispose();
  }
}

/** The first read runs the whole step, updates included, on an engine that only records until then. */
async function read({ loss, multiplier }: BatchResult): Promise<StepResult> {
  try {
    const [value] = await loss.data();
    return { loss: value!, multiplier: (await multiplier.data()) as Float32Array };
  } finally {
    tf.dispose([loss, multiplier]);
  }
}
