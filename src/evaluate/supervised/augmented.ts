import { type ViewBatchesOptions, viewBatches } from '../../data/index.js';

/** One random view of each image of a batch. */
export interface AugmentedBatch {
  /** Place in the epoch, 0 for the first. */
  readonly step: number;
  /** Indices of the N images in the data set, [N]. */
  readonly indices: Int32Array;
  /** Views in [0, 1], [N, height, width, channels], row by row. */
  readonly inputs: Float32Array;
}

/** One epoch of training batches, shuffled; an incomplete last batch is left out. */
export async function* augmentedBatches(
  options: ViewBatchesOptions,
): AsyncGenerator<AugmentedBatch, void, undefined> {
  for await (const { step, indices, views } of viewBatches(options))
    yield { step, indices, inputs: views[0] };
}
