import { generatorFor, requireCounter, uniform } from '../data/random.js';

/** Made-up embeddings of two views, small enough to name one anchor and one term. */
export interface Batch {
  readonly images: number;
  readonly dimensions: number;
  readonly temperature: number;
  /** Of view 1 and view 2, row by row, of any length; float32 values. */
  readonly z: readonly [readonly Row[], readonly Row[]];
}

export type Row = readonly number[];

interface Size {
  readonly images: number;
  readonly dimensions: number;
  readonly temperature: number;
  /** Whether two images are alike in view 1, and one image in both its views. */
  readonly duplicates?: boolean;
}

/** The first is the one that messages take their numbers from wherever it shows the mistake. */
const sizes: readonly Size[] = [
  { images: 3, dimensions: 4, temperature: 0.5 },
  { images: 2, dimensions: 3, temperature: 1 },
  { images: 4, dimensions: 6, temperature: 0.2, duplicates: true },
  { images: 8, dimensions: 16, temperature: 0.07 },
];

/**
 * The batches on which every solution is tried: 2 to 8 images, temperatures 0.07 to 1, rows of unequal lengths, positives
 * more similar than most negatives, and in one of them duplicates.
 * @param seed - a whole number from 0 to 2^32 - 1
 */
export function exerciseBatches(seed: number): Batch[] {
  requireCounter('seed', seed);
  return sizes.map((size, index) => batchOf(size, [seed, index]));
}

function batchOf({ images, dimensions, temperature, duplicates = false }: Size, counters: number[]): Batch {
  const generator = generatorFor('exercise', counters);
  const direction = () => Array.from({ length: dimensions }, () => uniform(generator, -1, 1));
  const first = Array.from({ length: images }, direction);
  const second = first.map((row) => {
    const noise = direction();
    return row.map((value, d) => value + 0.7 * noise[d]!);
  });
  const withLength = (row: Row): Row => {
    const factor = uniform(generator, 0.5, 2) / lengthOf(row);
    return row.map((value) => Math.fround(factor * value));
  };
  const z = [first.map(withLength), second.map(withLength)] as const;
  if (!duplicates) return { images, dimensions, temperature, z };
  const [z1, z2] = z;
  const last = images - 1;
  return {
    images,
    dimensions,
    temperature,
    z: [
      [...z1.slice(0, last), z1[0]!],
      [z2[0]!, z1[1]!, ...z2.slice(2)],
    ],
  };
}

export function dot(a: Row, b: Row): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}

export function lengthOf(row: Row): number {
  return Math.sqrt(dot(row, row));
}
