import { InputError, requireInteger } from '../errors.js';
import type { Dataset } from './dataset.js';
import { epochOrder } from './epoch-order.js';
import { requireCounter } from './random.js';
import { readImages } from './read-images.js';
import { requireSmaller } from './small-crops.js';
import { lengthOf, viewShapes } from './view.js';
import { makeViewsBeside } from './view-pool.js';
import { requireViewSettings, type ViewSettings } from './view-settings.js';

/**
 * Two views of each of N images, each [N, height, width, channels] with values in [0, 1], row by row; then their small crops,
 * if there are any, each [N, size, size, channels].
 */
export type Views = readonly [Float32Array, Float32Array, ...Float32Array[]];

/** The views of each image of one training batch. */
export interface ViewBatch {
  /** Place in the epoch, 0 for the first. */
  readonly step: number;
  /** Indices of the N images in the data set, [N]. */
  readonly indices: Int32Array;
  readonly views: Views;
}

export interface ViewBatchesOptions {
  readonly dataset: Dataset;
  readonly views: ViewSettings;
  /** Images N in a batch, at least 2. */
  readonly batchSize: number;
  /** Whole number from 0 to 2^32 - 1 that decides the order and the views. */
  readonly seed: number;
  /** Whole number that gives each epoch its own order and views. */
  readonly epoch: number;
  /** Step of the epoch to begin with, for resuming; the steps before it cost nothing. 0 by default. */
  readonly firstStep?: number;
  /** Step of the epoch to end before; that of the incomplete batch by default. */
  readonly endStep?: number;
}

/** One batch being made and two ready or queued, so that the training step need not wait for one. */
const underWayAtMost = 3;

/**
 * One epoch of training batches, shuffled; an incomplete last batch is left out. Views are made on a thread of their own.
 * What a batch holds depends on seed, epoch and step alone, not on where the epoch begins.
 * @throws InputError at once where `requireViewBatches` does, and at its batch for images that the data set does not give
 */
export function viewBatches(options: ViewBatchesOptions): AsyncGenerator<ViewBatch, void, undefined> {
  requireViewBatches(options);
  const endStep = stepsPerEpoch(options.dataset, options.batchSize);
  return generateBatches({ firstStep: 0, endStep, ...options });
}

/**
 * @throws InputError for a batch size below 2 or above the data set's length, images of other than 1 or 3 channels, small
 *   crops larger than the images, or an option out of range
 */
export function requireViewBatches(options: ViewBatchesOptions): void {
  const { dataset, views, batchSize, seed, epoch, firstStep = 0 } = options;
  const steps = stepsPerEpoch(dataset, batchSize);
  const { endStep = steps } = options;
  const channels = dataset.shape[2];
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`Views are made of images with 1 or 3 channels; ${dataset.name} has ${channels}`);
  }
  requireViewSettings(views);
  if (views.smallCrops !== undefined) requireSmaller(views.smallCrops, dataset);
  requireCounter('seed', seed);
  requireCounter('epoch', epoch);
  requireInteger('endStep', endStep, 0, steps);
  requireInteger('firstStep', firstStep, 0, endStep);
}

/**
 * Complete batches in one epoch, floor(length / batchSize).
 * @throws InputError for a batch size below 2 (one image has no negatives) or above the data set's length
 */
export function stepsPerEpoch(dataset: Dataset, batchSize: number): number {
  requireInteger('batchSize', batchSize, 2);
  if (batchSize > dataset.length) {
    throw new InputError(
      `A batch of ${batchSize} does not fit ${dataset.name}, which has ${dataset.length} images; take a smaller batch`,
    );
  }
  return Math.floor(dataset.length / batchSize);
}

async function* generateBatches(
  options: Required<ViewBatchesOptions>,
): AsyncGenerator<ViewBatch, void, undefined> {
  const { dataset, batchSize, seed, epoch, firstStep, endStep } = options;
  const order = epochOrder(dataset.length, seed, epoch);
  const underWay: Promise<ViewBatch>[] = [];
  for (let step = firstStep, next = firstStep; step < endStep; step++) {
    for (; next < Math.min(endStep, step + underWayAtMost); next++) {
      const batch = makeBatch(options, next, order.slice(next * batchSize, (next + 1) * batchSize));
      // A failure is thrown when its turn comes; the loop may be left before.
      batch.catch(() => {});
      underWay.push(batch);
    }
    yield await underWay.shift()!;
  }
}

async function makeBatch(
  options: Required<ViewBatchesOptions>,
  step: number,
  indices: Int32Array,
): Promise<ViewBatch> {
  const { dataset, views: settings, seed, epoch } = options;
  const pixels = await readImages(dataset, indices);
  const { shape } = dataset;
  const all = await makeViewsBeside({ pixels, shape, indices, settings, seed, epoch });
  let start = 0;
  const views = viewShapes(shape, settings).map((view) => {
    const end = start + indices.length * lengthOf(view);
    const values = all.subarray(start, end);
    start = end;
    return values;
  }) as [Float32Array, Float32Array, ...Float32Array[]];
  return { step, indices, views };
}
