import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import { requireIndex } from '../in-memory.js';
import type { IndexProgress } from '../progress.js';

/** What all that list images take. */
export interface IndexOptions {
  /** For messages and titles. */
  readonly name: string;
  /** Classes to number the labels by; images of others are passed over. By default all that are found, sorted. */
  readonly classes?: readonly string[] | undefined;
  /** Called as images are found. */
  readonly onProgress?: ((event: IndexProgress) => void) | undefined;
}

/** Folders or archives: enough to keep libuv's threads busy. */
export const listedAtOnce = 8;

/** Images that lie together, in a folder or an archive, numbered from 0. */
export interface ImagePart {
  /** Index into the source's classes of each image, [images of the part]. */
  readonly labels: Int32Array;
  locationOf(index: number): string;
  read(index: number): Promise<Uint8Array>;
}

export interface ImagePartsOptions {
  readonly name: string;
  readonly classes: readonly string[];
  readonly parts: readonly ImagePart[];
  readonly close?: () => Promise<void>;
}

/**
 * The images of the parts, one part after the other, as one source.
 * @throws InputError where there are none
 */
export function imageParts({ name, classes, parts, close }: ImagePartsOptions): ImageSource {
  const starts: number[] = [];
  let length = 0;
  for (const part of parts) {
    starts.push(length);
    length += part.labels.length;
  }
  if (length === 0) throw new InputError(`${name} has no images of the classes asked for`);
  const labels = new Int32Array(length);
  for (const [place, part] of parts.entries()) labels.set(part.labels, starts[place]);
  const find = (index: number): [part: ImagePart, within: number] => {
    const place = lastNotAbove(starts, requireIndex(name, length, index));
    return [parts[place]!, index - starts[place]!];
  };
  return {
    name,
    length,
    classes,
    labels,
    locationOf: (index) => {
      const [part, within] = find(index);
      return part.locationOf(within);
    },
    read: async (index) => {
      const [part, within] = find(index);
      return part.read(within).catch((error: Error) => {
        if (error instanceof InputError) throw error;
        throw new InputError(`Could not read ${part.locationOf(within)}: ${error.message}`, { cause: error });
      });
    },
    close: async () => close?.(),
  };
}

/** Index of the last of the ascending `values` that is at most `value`; among equals the last, so that empty parts are passed by. */
function lastNotAbove(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (values[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
