import type * as tf from '@tensorflow/tfjs';
import { fingerprint } from '../data/fingerprint.js';
import { type Dataset, defaultViews, stepsPerEpoch, type ViewSettings } from '../data/index.js';
import { requireViewBatches } from '../data/view-batches.js';
import { engineInUse } from '../engine/index.js';
import { requireInteger, requireOneOf, requirePositive, requireRange } from '../errors.js';
import type { Method } from '../methods/index.js';
import { assertTakes } from '../models/index.js';
import { requireChunks } from './chunked-batches.js';
import type { ExistingRun } from './run-folder.js';
import type { RunSettings } from './run-settings.js';

/** What to train, on what, and how. Defaults follow lightly's CIFAR-10 recipe (SGD 0.06 x batch / 128, cosine). */
export interface PretrainOptions {
  /** Trained in place; images [N, height, width, channels] to features [N, d]. */
  readonly encoder: tf.LayersModel;
  readonly data: Dataset;
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
  /** Passes over the data; 10 by default. */
  readonly epochs?: number;
  /** Decides the order of images, their views and the head's initial weights; 1 by default. */
  readonly seed?: number;
  /** Highest learning rate; 0.06 x batchSize / 128 by default. */
  readonly learningRate?: number;
  /** Epochs of linear warm-up, at most all of them, may be a fraction; 0 by default. */
  readonly warmupEpochs?: number;
  /** Share of the previous update that is kept, from 0 to 1; 0.9 by default. */
  readonly momentum?: number;
  /** 5e-4 by default, on every trainable weight. */
  readonly weightDecay?: number;
  /** How views are made; by default what `data.defaultViews` gives for the data set. */
  readonly views?: ViewSettings;
  /** A `step` event every so many steps, and for each epoch's last; 10 by default. */
  readonly reportEvery?: number;
  /** Folder for checkpoints and the record of events; without it nothing is written. */
  readonly checkpoint?: string;
  /** At most this many seconds between checkpoints; 60 by default. One is written at the end in any case. */
  readonly checkpointSeconds?: number;
  /** So many of the newest checkpoints are kept, to go on from an earlier one where the newest is damaged; 2 by default. */
  readonly keepCheckpoints?: number;
  /** Where `checkpoint` holds a run already: refuse (default), resume it exactly, or overwrite it. */
  readonly existing?: ExistingRun;
}

/** The options with every default filled in. */
export type Plan = Required<Omit<PretrainOptions, 'checkpoint' | 'chunkSize'>> & {
  readonly checkpoint: string | undefined;
  readonly chunkSize: number | undefined;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
};

/** Fills in the defaults. @throws InputError for options that cannot be used */
export function planned(options: PretrainOptions): Plan {
  const batchSize = options.batchSize ?? 32;
  const plan = {
    epochs: 10,
    seed: 1,
    learningRate: (0.06 * batchSize) / 128,
    warmupEpochs: 0,
    momentum: 0.9,
    weightDecay: 5e-4,
    views: options.views ?? defaultViews(options.data),
    reportEvery: 10,
    checkpointSeconds: 60,
    keepCheckpoints: 2,
    existing: 'refuse' as const,
    ...options,
    batchSize,
    checkpoint: options.checkpoint,
    chunkSize: options.chunkSize,
  };
  requireInteger('epochs', plan.epochs);
  requireInteger('reportEvery', plan.reportEvery);
  requirePositive('learningRate', plan.learningRate);
  requireRange('warmupEpochs', plan.warmupEpochs, 0, plan.epochs);
  requireRange('momentum', plan.momentum, 0, 1);
  requireRange('weightDecay', plan.weightDecay, 0);
  requireRange('checkpointSeconds', plan.checkpointSeconds, 0, Number.POSITIVE_INFINITY);
  requireInteger('keepCheckpoints', plan.keepCheckpoints);
  requireOneOf('existing', plan.existing, ['refuse', 'resume', 'overwrite']);
  assertTakes(plan.encoder, plan.data);
  if (plan.chunkSize !== undefined) requireChunks(batchSize, plan.chunkSize);
  const { data: dataset, views, seed } = plan;
  requireViewBatches({ dataset, views, batchSize, seed, epoch: plan.epochs - 1 });
  const steps = stepsPerEpoch(plan.data, batchSize);
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
    epochs,
    seed,
    learningRate,
    warmupEpochs,
    momentum,
    weightDecay,
    views,
  } = plan;
  return {
    data: { name: data.name, images: data.length, shape: data.shape, fingerprint: await fingerprint(data) },
    encoder: { name: encoder.name, parameters: encoder.countParams() },
    method: { name: method.name, ...method.settings },
    loss: { name: method.loss.lossName, ...method.loss.settings },
    batchSize,
    ...(chunkSize !== undefined && { gradientCaching: { chunkSize, batchNorm: 'of each chunk' } }),
    epochs,
    seed,
    learningRate,
    warmupEpochs,
    momentum,
    weightDecay,
    views,
    engine: engineInUse(),
  };
}
