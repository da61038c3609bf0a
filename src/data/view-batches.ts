import type { Dataset } from './dataset.js';
import {
  completeBatches,
  requireShuffledBatches,
  type ShuffledBatch,
  type ShuffledBatchesOptions,
  shuffledBatches,
} from './shuffled-batches.js';
import { requireSmaller } from './small-crops.js';

/**
 * Two views of each of N images, each [N, height, width, channels] with values in [0, 1], row by row; then their small crops,
 * if there are any, each [N, size, size, channels].
 */
export type Views = readonly [Float32Array, Float32Array, ...Float32Array[]];

/** The views of each image of one training batch. */
export interface ViewBatch extends ShuffledBatch {
  readonly views: Views;
}

/** A batch has at least 2 images: one has no negatives. */
export type ViewBatchesOptions = ShuffledBatchesOptions;

/**
 * One epoch of training batches, shuffled; an incomplete last batch is left out. Views are made on threads beside this one,
 * for two batches ahead of the one handed out: no more than these three are in memory.
 * What a batch holds depends on seed, epoch and step alone, not on where the epoch begins.
 * @throws InputError at once where `requireViewBatches` does, and at its batch for images that the data set does not give
 */
export function viewBatches(options: ViewBatchesOptions): AsyncGenerator<ViewBatch, void, undefined> {
  requireViewBatches(options);
  return shuffledBatches(options, 'pair') as AsyncGenerator<ViewBatch, void, undefined>;
}

/**
 * @throws InputError for a batch size below 2 or above the data set's length, images of other than 1 or 3 channels, small
 *   crops larger than the images, or an option out of range
 */
export function requireViewBatches(options: ViewBatchesOptions): void {
  requireShuffledBatches(options, 2);
  const { dataset, views } = options;
  if (views.smallCrops !== undefined) requireSmaller(views.smallCrops, dataset);
}

/**
 * Complete batches in one epoch, floor(length / batchSize).
 * @throws InputError for a batch size below 2 (one image has no negatives) or above the data set's length
 */
export function stepsPerEpoch(dataset: Dataset, batchSize: number): number {
  return completeBatches(dataset, batchSize, 2);
}
