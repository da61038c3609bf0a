/** Labelled image files as they lie on disk, read by index: any number of them, of any size, none in memory. */
export interface ImageSource {
  /** For messages, run settings and axis titles, such as `imagenet train`. */
  readonly name: string;
  /** Number of images; indices run from 0 to length - 1. */
  readonly length: number;
  /** Their names, in the order that `labels` number. */
  readonly classes: readonly string[];
  /** Index into `classes` of each image, [length]. */
  readonly labels: Int32Array;
  /** Where the image lies, for messages: its path, or that of the archive and its name within. */
  locationOf(index: number): string;
  /** The image's whole file. @throws InputError for an index outside 0 to length - 1, or naming the place where it cannot be read */
  read(index: number): Promise<Uint8Array>;
  /** Closes what reading opened; reading opens it again. */
  close(): Promise<void>;
}
