import { InputError } from '../errors.js';
import type { Dataset, ImageShape } from './dataset.js';

/** Decoded images and what is known of them; the arrays are kept, not copied. */
export interface InMemoryOptions {
  /** For messages, run settings and axis titles, such as `mnist train`. */
  readonly name: string;
  /** Of every image; 1 or 3 channels where views are to be drawn. */
  readonly shape: ImageShape;
  /** Their names, in the order that `labels` number. */
  readonly classes: readonly string[];
  /** Index into `classes` of each image, [length]. */
  readonly labels: Int32Array;
  /** Pixels 0 to 255, [length, height, width, channels], row by row. */
  readonly pixels: Uint8Array;
}

/**
 * A data set whose decoded images are all in memory.
 * @throws InputError if the pixels do not fill the labelled images exactly, or a label names no class
 */
export function inMemory({ name, shape, classes, labels, pixels }: InMemoryOptions): Dataset {
  const length = labels.length;
  const imageLength = shape[0] * shape[1] * shape[2];
  if (pixels.length !== length * imageLength) {
    throw new InputError(
      `${name}: ${length} images of ${shape.join('x')} need ${length * imageLength} pixel values, not ${pixels.length}`,
    );
  }
  const stray = labels.find((label) => label < 0 || label >= classes.length);
  if (stray !== undefined) {
    throw new InputError(`${name}: label ${stray} names none of the ${classes.length} classes`);
  }
  return {
    name,
    length,
    shape,
    classes,
    labels,
    read: async (indices) => {
      const images = new Uint8Array(indices.length * imageLength);
      for (let i = 0; i < indices.length; i++) {
        const start = requireIndex(name, length, indices[i]!) * imageLength;
        images.set(pixels.subarray(start, start + imageLength), i * imageLength);
      }
      return images;
    },
  };
}

/** @throws InputError for an index outside 0 to length - 1 */
export function requireIndex(name: string, length: number, index: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new InputError(`${name} has images 0 to ${length - 1}; there is no image ${index}`);
  }
  return index;
}
