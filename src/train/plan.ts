import type * as tf from '@tensorflow/tfjs';
import { fingerprint } from '../data/fingerprint.js';
import { type Dataset, defaultViews, stepsPerEpoch, type ViewSettings } from '../data/index.js';
import { requireViewBatches } from '../data/view-batches.js';
import { engineInUse } from '../engine/index.js';
import { requireInteger, requireOneOf, requireRange } from '../errors.js';
import type { Method } from '../methods/index.js';
import { assertTakes, standardisationOf } from '../models/index.js';
import { requireChunks } from './chunked-batches.js';
import type { Evaluate } from './evaluation.js';
import { requireAccumulation } from './gradient-accumulation.js';
import { highestLearningRate, type ScaledLearningRate } from './learning-rate.js';
import type { OptimiserChoice } from './optimiser.js';
import type { ExistingRun } from './run-folder.js';
import type { RunSettings } from './run-settings.js';
import { sgd } from './sgd.js';

/** What to train, on what, and how. Defaults follow lightly's CIFAR-10 recipe (SGD 0.06 x batch / 128, cosine). */
export interface PretrainOptions {
  /** Trained in place; images [N, height, width, channels] to features [N, d]. */
  readonly encoder: tf.LayersModel;
  /** Images to train on; their labels are not used. */
  readonly data: Dataset;
  /** What is learnt from the views of a batch, such as `methods.simclr({ loss })`. */
  readonly method: Method;
  /** Images per step, at least 2; 32 by default. The last, incomplete batch of an epoch is dropped. */
  readonly batchSize?: number;
  /**
   * Images embedded at a time, at least 2 and a divisor of batchSize; the whole batch by default. With it, a step is
   * gradient caching (Gao et al., 2021): the network needs memory for a chunk alone, and about a third more time. It is the
   * same step but for batch norm, which normalises each chunk by itself (ghost batch norm, Hoffer et al., 2017) and moves
   * its statistics once for each chunk.
   */
  readonly chunkSize?: number;
  /**
   * Batches whose gradients are averaged before one update; 1 by default. Each is compared within itself, so this adds no
   * negatives, as chunkSize does, with which it cannot be combined; a `warning` event says so. Batch norm normalises each
   * batch by itself. A step is then one update, after which the method's momentum encoder and queue follow once; what of an
   * epoch does not fill a step is dropped.
   */
  readonly accumulate?: number;
  /** Passes over the data; 10 by default. */
  readonly epochs?: number;
  /** Decides the order of images, their views and the head's initial weights; 1 by default. */
  readonly seed?: number;
  /** Highest learning rate, or how it follows the images of a step; 0.06 x images / 128 by default. */
  readonly learningRate?: number | ScaledLearningRate;
  /** Epochs of linear warm-up, at most all of them, may be a fraction; 0 by default. */
  readonly warmupEpochs?: number;
  /** Learning rate of the first step of a warm-up; by default that of one part of the climb from 0. */
  readonly warmupStart?: number;
  /** Share of the highest learning rate that is left in the last step, from 0 to 1; by default a step more would make it 0. */
  readonly cosineFloor?: number;
  /** How gradients move the weights; `sgd()` by default: momentum 0.9, weight decay 5e-4 on every weight. */
  readonly optimiser?: OptimiserChoice;
  /** How views are made; by default what `data.defaultViews` gives for the data set. */
  readonly views?: ViewSettings;
  /** A `step` event every so many steps, and for each epoch's last; 10 by default. */
  readonly reportEvery?: number;
  /**
   * Measures the encoder during the run, such as `evaluate.knnDuringTraining(memory, queries)`: after epochs, when an
   * `evaluation` event tells what it found. The numbers of the training, its seconds and its images/s are the same without it.
   * Where it throws, the run ends with that error after a checkpoint, and resumed it evaluates first.
   */
  readonly evaluate?: Evaluate;
  /** Epochs from one evaluation to the next; 1 by default. One comes after the last epoch in any case. */
  readonly evaluateEvery?: number;
  /** Folder for checkpoints and the record of events; without it nothing is written. */
  readonly checkpoint?: string;
  /** At most this many seconds between checkpoints; 60 by default. One is written at the end in any case. */
  readonly checkpointSeconds?: number;
  /** So many of the newest checkpoints are kept, to go on from an earlier one where the newest is damaged; 2 by default. */
  readonly keepCheckpoints?: number;
  /** Where `checkpoint` holds a run already: refuse (default), resume it exactly, or overwrite it. */
  readonly existing?: ExistingRun;
}

/** What has no default: without it the run does without. */
type Optional = 'checkpoint' | 'evaluate' | 'chunkSize' | 'warmupStart' | 'cosineFloor';

/** The options with every default filled in. */
export type Plan = Required<Omit<PretrainOptions, Optional | 'learningRate'>> & {
  readonly learningRate: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
} & { readonly [option in Optional]: PretrainOptions[option] | undefined };

/** Fills in the defaults. @throws InputError for options that cannot be used */
export function planned(options: PretrainOptions): Plan {
  const { batchSize = 32, accumulate = 1, chunkSize, checkpoint, evaluate } = options;
  const { warmupStart, cosineFloor } = options;
  requireInteger('batchSize', batchSize);
  requireInteger('accumulate', accumulate);
  const images = batchSize * accumulate;
  const plan = {
    epochs: 10,
    seed: 1,
    warmupEpochs: 0,
    optimiser: sgd(),
    views: options.views ?? defaultViews(options.data),
    reportEvery: 10,
    evaluateEvery: 1,
    checkpointSeconds: 60,
    keepCheckpoints: 2,
    existing: 'refuse' as const,
    ...options,
    batchSize,
    accumulate,
    chunkSize,
    checkpoint,
    evaluate,
    warmupStart,
    cosineFloor,
    learningRate: highestLearningRate(options.learningRate ?? (0.06 * images) / 128, images),
  };
  requireInteger('epochs', plan.epochs);
  requireInteger('reportEvery', plan.reportEvery);
  requireInteger('evaluateEvery', plan.evaluateEvery);
  requireRange('warmupEpochs', plan.warmupEpochs, 0, plan.epochs);
  requireRange('checkpointSeconds', plan.checkpointSeconds, 0, Number.POSITIVE_INFINITY);
  requireInteger('keepCheckpoints', plan.keepCheckpoints);
  requireOneOf('existing', plan.existing, ['refuse', 'resume', 'overwrite']);
  assertTakes(plan.encoder, plan.data);
  if (warmupStart !== undefined) requireRange('warmupStart', warmupStart, 0, plan.learningRate);
  if (cosineFloor !== undefined) requireRange('cosineFloor', cosineFloor, 0, 1);
  if (chunkSize !== undefined) requireChunks(batchSize, chunkSize);
  const { data: dataset, views, seed } = plan;
  requireViewBatches({ dataset, views, batchSize, seed, epoch: plan.epochs - 1 });
  requireAccumulation(plan);
  const steps = stepsPerEpoch(plan.data, images);
  return { ...plan, stepsPerEpoch: steps, totalSteps: steps * plan.epochs };
}

/**
 * All that decides the run's numbers, as stored with it and compared on resume; and the engine, which rounds them.
 * @throws What the data set throws where its images cannot be read
 */
export async function settingsOf(plan: Plan): Promise<RunSettings> {
  const {
    encoder,
    data,
    method,
    batchSize,
    chunkSize,
    accumulate,
    epochs,
    seed,
    learningRate,
    warmupEpochs,
    warmupStart,
    cosineFloor,
    optimiser,
    views,
  } = plan;
  return {
    data: { name: data.name, images: data.length, shape: data.shape, fingerprint: await fingerprint(data) },
    encoder: {
      name: encoder.name,
      parameters: encoder.countParams(),
      standardise: encoder.layers.map(standardisationOf).find((each) => each !== undefined),
    },
    method: { name: method.name, ...method.settings },
    loss: { name: method.loss.lossName, ...method.loss.settings },
    batchSize,
    ...(chunkSize !== undefined && { gradientCaching: { chunkSize, batchNorm: 'of each chunk' } }),
    ...(accumulate > 1 && { gradientAccumulation: { batches: accumulate, batchNorm: 'of each batch' } }),
    epochs,
    seed,
    learningRate,
    warmupEpochs,
    ...(warmupStart !== undefined && { warmupStart }),
    ...(cosineFloor !== undefined && { cosineFloor }),
    optimiser: { name: optimiser.name, ...optimiser.settings },
    views,
    engine: engineInUse(),
  };
}
