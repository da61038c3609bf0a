import { basename, resolve } from 'node:path';
import pMap from 'p-map';
import { InputError } from '../errors.js';
import type { Dataset } from './dataset.js';
import { type DecodedImage, decodeImage, reasonOf } from './decode-image.js';
import { inMemory } from './in-memory.js';
import type { DecodeProgress } from './progress.js';
import { type FolderListing, scanFolder } from './scan-folder.js';

/** An image that could not be decoded and is not part of the data set. */
export interface SkippedImage {
  /** Where it lies: its path, or that of the archive and its name within. */
  readonly path: string;
  /** What the decoder, or the file system, said. */
  readonly reason: string;
}

/** How the files of {@link imageFolder} become images of one size, and what to do about those that are none. */
export interface ImageFolderOptions {
  /** [height, width] in pixels: images are scaled to cover it and cropped at the centre. By default their own size, which must then be the same for all. */
  readonly size?: readonly [number, number];
  /** 3 for colour, the default, or 1 for gray. */
  readonly channels?: 1 | 3;
  /** Classes to number the labels by; by default the class folders' names, sorted. */
  readonly classes?: readonly string[];
  /** For messages and titles; the folder's name by default. */
  readonly name?: string;
  /** Whether an image that cannot be decoded is an error; by default it is skipped. */
  readonly strict?: boolean;
  /** Called once for each image that cannot be decoded. */
  readonly onSkip?: (image: SkippedImage) => void;
  /** Called after each image. */
  readonly onProgress?: (event: DecodeProgress) => void;
}

/** Images from a folder, and those that were left out. */
export interface FolderDataset extends Dataset {
  /** In the order of the files. */
  readonly skipped: readonly SkippedImage[];
}

/** Enough to keep libuv's threads busy while results are stored. */
const decodedAtOnce = 16;

/**
 * Decodes every JPEG, PNG and WebP file in `path/CLASS/` into memory, class by class, each class's files by name.
 * @throws InputError for a missing or empty folder (named), images of different sizes without a `size`, a class none of
 * whose images can be decoded, and with `strict` for the first image that cannot
 */
export async function imageFolder(path: string, options: ImageFolderOptions = {}): Promise<FolderDataset> {
  requireSize(options.size);
  const name = options.name ?? basename(resolve(path));
  const listing = await scanFolder(path, options.classes);
  const decoding = new Decoding(listing, options);
  let done = 0;
  const total = listing.files.length;
  const decodeNext = async (index: number) => {
    await decoding.decode(index);
    done += 1;
    options.onProgress?.({ type: 'decode', dataset: name, done, total });
  };
  await pMap(listing.files.keys(), decodeNext, { concurrency: decodedAtOnce });
  return decoding.finish(name);
}

/** Gathers decoded images in the listing's order, whichever is decoded first. */
class Decoding {
  readonly #listing: FolderListing;
  readonly #options: ImageFolderOptions;
  readonly #channels: 1 | 3;
  #shapedBy: { readonly path: string; readonly size: DecodedImage['size'] } | undefined;
  #pixels = new Uint8Array(0);
  readonly #skipped = new Map<number, SkippedImage>();

  constructor(listing: FolderListing, options: ImageFolderOptions) {
    this.#listing = listing;
    this.#options = options;
    this.#channels = options.channels ?? 3;
  }

  async decode(index: number): Promise<void> {
    const { path } = this.#listing.files[index]!;
    const image = await decodeImage(path, { channels: this.#channels, size: this.#options.size }).catch(
      (error: Error) => this.#skip(index, path, error),
    );
    if (!image) return;
    this.#shapedBy ??= this.#allocate(path, image.size);
    const { size } = this.#shapedBy;
    if (image.size[0] !== size[0] || image.size[1] !== size[1]) {
      throw new InputError(
        `${path} is ${image.size.join('x')} pixels, ${this.#shapedBy.path} is ${size.join('x')}; give a size [height, width]`,
      );
    }
    this.#pixels.set(image.pixels, index * image.pixels.length);
  }

  finish(name: string): FolderDataset {
    const { classes, files } = this.#listing;
    const kept = Array.from(files.keys()).filter((index) => !this.#skipped.has(index));
    this.#requireEveryClass(kept);
    const [height, width] = this.#shapedBy!.size;
    const length = height * width * this.#channels;
    for (const [to, from] of kept.entries()) {
      if (from !== to) this.#pixels.copyWithin(to * length, from * length, (from + 1) * length);
    }
    const dataset = inMemory({
      name,
      shape: [height, width, this.#channels],
      classes,
      labels: Int32Array.from(kept, (index) => files[index]!.label),
      pixels: this.#pixels.subarray(0, kept.length * length),
    });
    const skipped = Array.from(this.#skipped.keys())
      .sort((a, b) => a - b)
      .map((index) => this.#skipped.get(index)!);
    return { ...dataset, skipped };
  }

  #skip(index: number, path: string, error: Error): undefined {
    const reason = reasonOf(error);
    if (this.#options.strict) {
      throw new InputError(
        `Could not decode ${path}: ${reason}; remove it, or load without strict to skip it`,
      );
    }
    const image = { path, reason };
    this.#skipped.set(index, image);
    this.#options.onSkip?.(image);
  }

  #allocate(path: string, size: DecodedImage['size']) {
    const bytes = this.#listing.files.length * size[0] * size[1] * this.#channels;
    try {
      this.#pixels = new Uint8Array(bytes);
    } catch {
      throw new InputError(
        `${this.#listing.files.length} images of ${size.join('x')} pixels take ${(bytes / 2 ** 30).toFixed(1)} GiB ` +
          'of memory, which cannot be had; give a smaller size',
      );
    }
    return { path, size };
  }

  #requireEveryClass(kept: readonly number[]): void {
    const { classes, files } = this.#listing;
    const readable = new Set(kept.map((index) => files[index]!.label));
    const lost = files.find(({ label }) => !readable.has(label));
    if (!lost) return;
    const [first] = Array.from(this.#skipped.values()).filter(({ path }) => path === lost.path);
    throw new InputError(
      `None of the images of class ${classes[lost.label]} could be decoded, the first because: ${first?.reason} (${lost.path})`,
    );
  }
}

function requireSize(size: readonly [number, number] | undefined): void {
  if (size && !size.every((length) => Number.isInteger(length) && length > 0)) {
    throw new InputError(`size must be [height, width] in whole pixels above 0, not [${size.join(', ')}]`);
  }
}
