import {
  epochOrder,
  stepsPerEpoch,
  type ViewBatch,
  type ViewBatchesOptions,
  viewBatches,
} from '../data/index.js';
import { InputError, requireInteger } from '../errors.js';

/** A training batch whose views are made a chunk at a time, so that they are never all in memory. */
export interface ChunkedBatch {
  /** Place in the epoch, 0 for the first. */
  readonly step: number;
  /** Indices of the N images in the data set, [N]. */
  readonly indices: Int32Array;
  /** Draws the views of the batch, chunk after chunk; the same ones whenever it is called. */
  chunks(): AsyncIterable<ViewBatch>;
}

/** The batches of `viewBatches`, the same images and views, each in chunks of `chunkSize` images. */
export function* chunkedBatches(options: ViewBatchesOptions, chunkSize: number): Generator<ChunkedBatch> {
  const { dataset, batchSize, seed, epoch, firstStep = 0 } = options;
  const order = epochOrder(dataset.length, seed, epoch);
  const chunks = batchSize / chunkSize;
  for (let step = firstStep; step < stepsPerEpoch(dataset, batchSize); step++) {
    const part = { ...options, batchSize: chunkSize, firstStep: step * chunks, endStep: (step + 1) * chunks };
    const indices = order.slice(step * batchSize, (step + 1) * batchSize);
    yield { step, indices, chunks: () => viewBatches(part) };
  }
}

/** @throws InputError unless a batch falls into whole chunks of at least 2 images */
export function requireChunks(batchSize: number, chunkSize: number): void {
  requireInteger('chunkSize', chunkSize, 2, batchSize);
  if (batchSize % chunkSize === 0) return;
  throw new InputError(
    `chunkSize is ${chunkSize}, of which a batch of ${batchSize} is no multiple; take a divisor of it.`,
  );
}
