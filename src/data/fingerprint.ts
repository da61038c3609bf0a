import { createHash } from 'node:crypto';
import type { Dataset } from './dataset.js';
import { readImages } from './read-images.js';

/** Images whose pixels count, spread over the data set: to read more would be felt where they come from a disk. */
const sampled = 64;

/**
 * Tells data sets apart that have the same name and size: SHA-256 over the shape, the classes, every label and the pixels of
 * 64 images. A change of single images may go unnoticed.
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const { length, shape, classes, labels } = dataset;
  const count = Math.min(sampled, length);
  const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  return createHash('sha256')
    .update(JSON.stringify({ length, shape, classes }))
    .update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength))
    .update(await readImages(dataset, indices))
    .digest('hex');
}
