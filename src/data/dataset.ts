/** Height, width and number of channels of every image of a data set. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Labelled images of one size, read by index. */
export interface Dataset {
  /** For messages, run settings and axis titles, such as `mnist train`. */
  readonly name: string;
  /** Number of images; indices run from 0 to length - 1. */
  readonly length: number;
  /** Of every image as `read` gives it. */
  readonly shape: ImageShape;
  /** Their names, in the order that `labels` number. */
  readonly classes: readonly string[];
  /** Index into `classes` of each image, [length]. */
  readonly labels: Int32Array;
  /**
   * Pixels 0 to 255 of the images at `indices`, [indices.length, height, width, channels], row by row. The caller does not
   * change the array, so it may be the data set's own storage.
   * @throws InputError for an index outside 0 to length - 1
   */
  read(indices: ArrayLike<number>): Promise<Uint8Array>;
  /**
   * The file behind an image, of any size, where there is one: views are drawn from it instead of from the pixels of `read`.
   * @throws InputError for an index outside 0 to length - 1, and where no file can stand for the image
   */
  readFile?(index: number): Promise<ImageFile>;
}

/** An encoded image that stands for one of a data set. */
export interface ImageFile {
  /** The whole file. The caller does not change it. */
  readonly bytes: Uint8Array;
  /** Where it lies, for messages. */
  readonly location: string;
  /**
   * Tells that it cannot be decoded: from now on another file stands for the image.
   * @throws InputError where the data set does not put up with that
   */
  reject(reason: string): void;
}

/** A data set as published, in its two parts. */
export interface Splits {
  /** Images to train on, and for kNN and linear evaluation to compare with. */
  readonly train: Dataset;
  /** Images to measure on. */
  readonly test: Dataset;
}
