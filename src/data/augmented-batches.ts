import { requireShuffledBatches, type ShuffledBatchesOptions, shuffledBatches } from './shuffled-batches.js';

/** One view of each image of a batch. */
export interface AugmentedBatch {
  /** Place in the epoch, 0 for the first. */
  readonly step: number;
  /** Indices of the N images in the data set, [N]. */
  readonly indices: Int32Array;
  /** Views in [0, 1], [N, height, width, channels], row by row. */
  readonly inputs: Float32Array;
}

/** As for `viewBatches`; small crops are left out. */
export type AugmentedBatchesOptions = ShuffledBatchesOptions;

/**
 * One epoch of training batches as supervised training and linear evaluation see them, shuffled: one random view of each
 * image, such as `supervisedViews()` describes. An incomplete last batch is left out: those who train with batch norm want
 * none, and each epoch leaves out other images. What a batch holds depends on seed, epoch and step alone.
 * @throws InputError at once for a batch size below 1 or above the data set's length, images of other than 1 or 3
 *   channels, or an option out of range; at its batch for images that the data set does not give
 */
export function augmentedBatches(
  options: AugmentedBatchesOptions,
): AsyncGenerator<AugmentedBatch, void, undefined> {
  requireShuffledBatches(options, 1);
  return single(options);
}

async function* single(options: AugmentedBatchesOptions): AsyncGenerator<AugmentedBatch, void, undefined> {
  for await (const { step, indices, views } of shuffledBatches(options, 'single')) {
    yield { step, indices, inputs: views[0]! };
  }
}
