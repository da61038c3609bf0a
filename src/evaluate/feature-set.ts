import { InputError, requireFinite } from '../errors.js';

/** What is known of labelled rows besides their features. */
export interface LabelledRows {
  /** Name of the data set. */
  readonly name: string;
  /** Number of rows, one for each image. */
  readonly count: number;
  /** Index into `classes` of each row, [count]. */
  readonly labels: Int32Array;
  /** Their names, in the order that `labels` number. */
  readonly classes: readonly string[];
}

/** Features of a whole data set, in its order, in memory. */
export interface Embeddings extends LabelledRows {
  /** [count, dimension], row by row. */
  readonly features: Float32Array;
  /** Features of an image. */
  readonly dimension: number;
}

/** Features of a whole data set, in its order, read as they are needed: they may be larger than memory. */
export interface FeatureSet extends LabelledRows {
  /** Features of an image. */
  readonly dimension: number;
  /**
   * Features of these rows, [rows.length, dimension], row by row. The caller does not change the array, so it may be the
   * set's own storage.
   * @throws InputError for a row outside 0 to count - 1, or naming the file that cannot be read
   */
  rows(rows: Int32Array): Promise<Float32Array>;
}

/** Features in memory, as `embed` gives them, or on disk, as `extractFeatures` does. */
export type Features = Embeddings | FeatureSet;

/** One way to read features, wherever they are. */
export function featureSet(features: Features): FeatureSet {
  if ('rows' in features) return features;
  const { features: values, dimension, ...rest } = features;
  const rows = async (wanted: Int32Array) => {
    requireRows(rest, wanted);
    if (consecutive(wanted)) {
      const start = (wanted[0] ?? 0) * dimension;
      return values.subarray(start, start + wanted.length * dimension);
    }
    const taken = new Float32Array(wanted.length * dimension);
    for (const [i, row] of wanted.entries()) {
      taken.set(values.subarray(row * dimension, (row + 1) * dimension), i * dimension);
    }
    return taken;
  };
  return { ...rest, dimension, rows };
}

/** @throws InputError for a row outside 0 to count - 1 */
export function requireRows({ name, count }: LabelledRows, rows: Int32Array): void {
  const stray = rows.find((row) => row < 0 || row >= count);
  if (stray !== undefined)
    throw new InputError(`${name} has rows 0 to ${count - 1}; there is no row ${stray}.`);
}

/** Some consecutive rows. */
export interface FeatureBlock {
  /** The first of them. */
  readonly start: number;
  /** [end - start, dimension] */
  readonly features: Float32Array;
  readonly end: number;
}

/** All rows in order, `size` at a time; the last block may be smaller. */
export async function* blocksOf(
  features: FeatureSet,
  size: number,
): AsyncGenerator<FeatureBlock, void, undefined> {
  for (let start = 0; start < features.count; start += size) {
    const end = Math.min(start + size, features.count);
    yield { start, end, features: await features.rows(range(start, end)) };
  }
}

/** start, start + 1, ..., end - 1 */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/** Whether each row is the one after the row before it. */
export function consecutive(rows: Int32Array): boolean {
  return rows.every((row, i) => row === rows[0]! + i);
}

/** @throws InputError unless both are finite features of one encoder with one list of classes */
export function assertComparable(a: Features, b: Features): void {
  if (a.dimension !== b.dimension) {
    throw new InputError(
      `${a.name} has ${a.dimension} features and ${b.name} has ${b.dimension}; embed both with the same encoder.`,
    );
  }
  if (a.classes.join() !== b.classes.join()) {
    throw new InputError(`${a.name} and ${b.name} have different classes: ${a.classes} and ${b.classes}.`);
  }
  for (const features of [a, b]) {
    // What is on disk was finite when it was written.
    if ('rows' in features) continue;
    requireFinite(
      features.features,
      features.dimension,
      (row, value) =>
        `Row ${row} of ${features.name} holds ${value}; embed it with an encoder that has not diverged.`,
    );
  }
}
