import { requireInteger } from '../errors.js';
import { pixelScale } from './crop.js';
import type { Dataset } from './dataset.js';
import { readImages } from './read-images.js';

/** Images in the data set's order, as an encoder takes them. */
export interface InputBatch {
  /** Indices of the n images in the data set, [n]. */
  readonly indices: Int32Array;
  /** Images in [0, 1], [n, height, width, channels], row by row. */
  readonly inputs: Float32Array;
}

/**
 * Images in order, each once; the last batch may be smaller. While one is worked on, the next is read.
 * @param range - the first image and the one after the last; all by default
 * @throws InputError at once for a batch size that is no whole number of at least 1, and at its batch where the data set
 *   does not give the images it was asked for
 */
export function batches(
  dataset: Dataset,
  batchSize: number,
  range: readonly [number, number] = [0, dataset.length],
): AsyncGenerator<InputBatch, void, undefined> {
  requireInteger('batchSize', batchSize);
  return readBatches(dataset, batchSize, range);
}

async function* readBatches(
  dataset: Dataset,
  batchSize: number,
  [first, end]: readonly [number, number],
): AsyncGenerator<InputBatch, void, undefined> {
  const read = async (start: number): Promise<InputBatch> => {
    const length = Math.min(batchSize, end - start);
    const indices = Int32Array.from({ length }, (_, i) => start + i);
    return { indices, inputs: toInput(await readImages(dataset, indices)) };
  };
  let next: Promise<InputBatch> | undefined;
  for (let start = first; start < end; start += batchSize) {
    const batch = await (next ?? read(start));
    next = start + batchSize < end ? read(start + batchSize) : undefined;
    // A failure is thrown when its turn comes; the loop may be left before.
    next?.catch(() => {});
    yield batch;
  }
}

/**
 * Pixels 0 to 255 as an encoder takes them, in [0, 1] and not standardised, as in SimCLR's own code; the views of
 * training have the same range.
 */
export function toInput(pixels: Uint8Array): Float32Array {
  const inputs = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) inputs[i] = pixels[i]! * pixelScale;
  return inputs;
}
