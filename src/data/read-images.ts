import { InputError } from '../errors.js';
import type { Dataset } from './dataset.js';

/**
 * Reads images and holds the data set to its promise. What comes back may be the data set's own storage.
 * @throws InputError naming the data set where the pixels do not fill the images exactly
 */
export async function readImages(dataset: Dataset, indices: ArrayLike<number>): Promise<Uint8Array> {
  const { name, shape } = dataset;
  const pixels = await dataset.read(indices);
  const expected = indices.length * shape[0] * shape[1] * shape[2];
  if (pixels.length !== expected) {
    throw new InputError(
      `${name}: read gave ${pixels.length} pixel values for ${indices.length} images of ${shape.join('x')}, which have ${expected}.`,
    );
  }
  return pixels;
}
