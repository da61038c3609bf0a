import { InputError } from '../errors.js';
import type { Dataset } from './dataset.js';
import { requireIndex } from './in-memory.js';
import { generatorFor, requireCounter, shuffle } from './random.js';

/** How {@link subset} chooses. */
export interface SubsetOptions {
  /** Whole number that decides which images a count takes; 0 by default. Exact indices ignore it. */
  readonly seed?: number;
}

/**
 * Part of a data set. Given a count: that many images at random, from each class as evenly as the classes allow, in the
 * data set's order. Given indices: exactly those, in that order.
 * @throws InputError for a count outside 1 to length, or an index outside 0 to length - 1
 */
export function subset(
  dataset: Dataset,
  selection: number | ArrayLike<number>,
  options: SubsetOptions = {},
): Dataset {
  const indices =
    typeof selection === 'number'
      ? drawBalanced(dataset, selection, options.seed ?? 0)
      : Int32Array.from(selection, (index) => requireIndex(dataset.name, dataset.length, index));
  const name = `${dataset.name} (${indices.length} of ${dataset.length})`;
  const original = (index: number) => indices[requireIndex(name, indices.length, index)]!;
  return {
    name,
    length: indices.length,
    shape: dataset.shape,
    classes: dataset.classes,
    labels: indices.map((index) => dataset.labels[index]!),
    read: async (within) => dataset.read(Int32Array.from(within, original)),
    ...(dataset.readFile && { readFile: async (index: number) => dataset.readFile!(original(index)) }),
  };
}

function drawBalanced(dataset: Dataset, count: number, seed: number): Int32Array {
  requireCounter('seed', seed);
  if (!Number.isInteger(count) || count < 1 || count > dataset.length) {
    throw new InputError(
      `A subset of ${dataset.name} has a whole number of images from 1 to ${dataset.length}, not ${count}`,
    );
  }
  const generator = generatorFor('subset', [seed]);
  const members: number[][] = dataset.classes.map(() => []);
  for (const index of shuffle(Int32Array.from(dataset.labels.keys()), generator)) {
    members[dataset.labels[index]!]!.push(index);
  }
  // Going round the classes in random order, taking one image at each call, spreads the count as evenly as can be.
  const drawn: number[] = [];
  const turns = shuffle(Int32Array.from(members.keys()), generator);
  for (let round = 0; drawn.length < count; round++) {
    for (const turn of turns) {
      const index = members[turn]![round];
      if (index !== undefined && drawn.length < count) drawn.push(index);
    }
  }
  return Int32Array.from(drawn).sort();
}
