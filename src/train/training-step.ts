import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../data/dataset.js';
import type { Views } from '../data/index.js';
import { type Repeatable, replayable } from '../engine/index.js';
import type { BatchResult, Learner } from '../methods/index.js';
import { biasesAndNorms } from '../models/index.js';
import {
  type BatchGradients,
  batchGradients,
  type Differentiable,
  images,
  stateOf,
} from './batch-gradients.js';
import { GradientAccumulation } from './gradient-accumulation.js';
import { type Chunk, GradientCache } from './gradient-cache.js';
import { type Optimiser, type OptimiserChoice, slotsOf } from './optimiser.js';

/** What one step reports: its loss and the q of the batch's anchors. */
export interface StepResult {
  readonly loss: number;
  readonly multiplier: Float32Array;
}

/** Where in its run a step is. */
export interface StepPlace {
  readonly learningRate: number;
  /** Share of the run's steps that are done after this one, above 0 to 1. */
  readonly progress: number;
}

/** A learner with its optimiser: one call is one step from views to updated weights. */
export class TrainingStep {
  readonly optimiser: Optimiser;
  private readonly model: Differentiable;
  private readonly step: Repeatable;
  private cache: GradientCache | undefined;
  private accumulation: GradientAccumulation | undefined;

  /** @param shapes - of one image in each of its views */
  constructor(
    private readonly learner: Learner,
    shapes: readonly ImageShape[],
    optimiser: OptimiserChoice,
  ) {
    const weights = learner.trained.flatMap((model) =>
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    this.model = { learner, weights, shapes };
    this.optimiser = optimiser.start(weights, new Set(learner.trained.flatMap(biasesAndNorms)));
    this.step = replayable(
      (learningRate, progress, ...views) => {
        const batch = batchGradients(this.model, views as tf.Tensor4D[]);
        this.optimiser.step(batch.gradients, learningRate as tf.Scalar);
        learner.update(batch.constant, progress as tf.Scalar);
        tf.dispose([...batch.constant]);
        return [batch.loss, batch.multiplier];
      },
      [...stateOf(learner), ...slotsOf(this.optimiser)],
    );
  }

  /** The whole batch at once. */
  async run(views: Views, { learningRate, progress }: StepPlace): Promise<StepResult> {
    const [loss, multiplier] = tf.tidy(() =>
      this.step(tf.scalar(learningRate), tf.scalar(progress), ...images(views, this.model.shapes)),
    ) as [tf.Scalar, tf.Tensor];
    return read({ loss, multiplier });
  }

  /** The batch a chunk at a time. @param chunks - draws its chunks, the same ones whenever it is called */
  async runInChunks(chunks: () => AsyncIterable<Chunk>, place: StepPlace): Promise<StepResult> {
    this.cache ??= new GradientCache(this.model);
    return this.update(await this.cache.gradients(chunks), place);
  }

  /**
   * Several batches, each compared within itself, whose gradients are averaged. To the learner it is one step: its `update`
   * is called once, with the embeddings of all batches, the latest first.
   */
  async runAccumulated(batches: AsyncIterable<Chunk>, count: number, place: StepPlace): Promise<StepResult> {
    this.accumulation ??= new GradientAccumulation(this.model, count);
    return this.update(await this.accumulation.gradients(batches), place);
  }

  private async update(batch: BatchGradients, { learningRate, progress }: StepPlace): Promise<StepResult> {
    tf.tidy(() => {
      this.optimiser.step(batch.gradients, tf.scalar(learningRate));
      this.learner.update(batch.constant, tf.scalar(progress));
    });
    tf.dispose([...batch.constant]);
    // The update is computed now, or it would become part of the next part's graph and have that compiled anew.
    await slotsOf(this.optimiser)[0]!.data();
    return read(batch);
  }

  /** Frees what the step added to the learner. */
  dispose(): void {
    this.optimiser.dispose();
    this.cache?.dispose();
    this.accumulation?.dispose();
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
