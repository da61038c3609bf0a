import type * as tf from '@tensorflow/tfjs';
import { fingerprint } from '../../data/fingerprint.js';
import {
  type Dataset,
  defaultViews,
  stepsPerEpoch,
  supervisedViews,
  type ViewSettings,
} from '../../data/index.js';
import { requireShuffledBatches } from '../../data/shuffled-batches.js';
import { engineInUse } from '../../engine/index.js';
import { InputError, requireInteger, requireOneOf, requirePositive, requireRange } from '../../errors.js';
import { assertTakes, featuresOf } from '../../models/index.js';
import type { ExistingRun, RunSettings } from '../../train/index.js';
import { encoderFingerprint } from '../encoder-fingerprint.js';

/** What to train on labelled images, and how. */
export interface SupervisedOptions {
  /** Images [N, height, width, channels] to features [N, d]; it stays as it is. */
  readonly encoder: tf.LayersModel;
  /** Labelled images to train on: `data.subset` takes a share of them, as semi-supervised evaluation does. */
  readonly train: Dataset;
  /** Labelled images to measure on after each epoch, as the data set gives them: its centre crops, where it is streamed. */
  readonly test: Dataset;
  /** Images per step; 256 by default, or all where there are fewer. The last, incomplete batch of an epoch is dropped. */
  readonly batchSize?: number;
  /** Passes over the training images. */
  readonly epochs?: number;
  /** Highest learning rate of the cosine schedule, which falls to 0 step by step. */
  readonly learningRate?: number;
  /** Decides the order of images and their views; 1 by default. */
  readonly seed?: number;
  /**
   * How training images are augmented: by default `data.supervisedViews`, crops of 0.08 to 1 of the area and flips; for
   * images of one channel the crops of `data.defaultViews` alone.
   */
  readonly views?: ViewSettings;
  /** A `step` event every so many steps, and for each epoch's last; 10 by default. */
  readonly reportEvery?: number;
  /** Folder for checkpoints and the record of epochs; without it nothing is written. */
  readonly checkpoint?: string;
  /** At most this many seconds between checkpoints; 60 by default. One is written after each epoch in any case. */
  readonly checkpointSeconds?: number;
  /** Where `checkpoint` holds a run already: refuse (default), resume it exactly, or overwrite it. */
  readonly existing?: ExistingRun;
}

/** A protocol of evaluation by supervised training. */
export interface Protocol {
  readonly name: 'linear evaluation' | 'fine-tuning';
  readonly epochs: number;
  /** Of a batch of 256; it grows with the batch. */
  readonly learningRate: number;
}

/** The options with every default filled in. */
export type SupervisedPlan = Required<Omit<SupervisedOptions, 'checkpoint'>> & {
  readonly protocol: Protocol;
  readonly checkpoint: string | undefined;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
};

/** Fills in the defaults. @throws InputError for options that cannot be used */
export function plannedSupervised(protocol: Protocol, options: SupervisedOptions): SupervisedPlan {
  const { encoder, train, test } = options;
  const batchSize = options.batchSize ?? Math.min(256, train.length);
  const plan = {
    epochs: protocol.epochs,
    learningRate: (protocol.learningRate * batchSize) / 256,
    seed: 1,
    views: croppedAndFlipped(train),
    reportEvery: 10,
    checkpointSeconds: 60,
    existing: 'refuse' as const,
    ...options,
    protocol,
    batchSize,
    checkpoint: options.checkpoint,
  };
  requireInteger('epochs', plan.epochs);
  requirePositive('learningRate', plan.learningRate);
  requireInteger('reportEvery', plan.reportEvery);
  requireRange('checkpointSeconds', plan.checkpointSeconds, 0, Number.POSITIVE_INFINITY);
  requireOneOf('existing', plan.existing, ['refuse', 'resume', 'overwrite']);
  assertTakes(encoder, train);
  assertTakes(encoder, test);
  featuresOf(encoder);
  if (train.classes.join() !== test.classes.join()) {
    throw new InputError(
      `${train.name} and ${test.name} have different classes: ${train.classes} and ${test.classes}.`,
    );
  }
  const { views, seed } = plan;
  const steps = stepsPerEpoch(train, batchSize);
  requireShuffledBatches({ dataset: train, views, batchSize, seed, epoch: plan.epochs - 1 }, 2);
  return { ...plan, stepsPerEpoch: steps, totalSteps: steps * plan.epochs };
}

/** A digit cannot be mirrored or cut to a stroke, so images of one channel keep their own crops. */
function croppedAndFlipped(dataset: Dataset): ViewSettings {
  return dataset.shape[2] === 1 ? { ...defaultViews(dataset), jitterProbability: 0 } : supervisedViews();
}

/** All that decides the run's numbers, as stored with it and compared on resume; and the engine, which rounds them. */
export async function supervisedSettings(plan: SupervisedPlan): Promise<RunSettings> {
  const { protocol, encoder, train, test, batchSize, epochs, learningRate, seed, views } = plan;
  return {
    protocol: protocol.name,
    encoder: { name: encoder.name, fingerprint: await encoderFingerprint(encoder) },
    train: await identity(train),
    test: await identity(test),
    batchSize,
    epochs,
    learningRate,
    seed,
    views,
    engine: engineInUse(),
  };
}

async function identity(dataset: Dataset) {
  return { name: dataset.name, images: dataset.length, fingerprint: await fingerprint(dataset) };
}
