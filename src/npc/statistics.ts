import { InputError } from '../errors.js';

/** How the multiplier q of a batch's anchors is spread. */
export interface MultiplierStatistics {
  /** Of all q, 0 to 1. */
  readonly mean: number;
  /** Coefficient of variation C_v, standard deviation (of the population) / mean; 0 where every q is 0. */
  readonly variation: number;
  /** Number of anchors with q in each of 20 equal bins of [0, 1]; q = 1 counts in the last. */
  readonly histogram: readonly number[];
}

const bins = 20;

/**
 * Mean, coefficient of variation and histogram of multipliers, in float64.
 *
 * @param q multipliers in any order, such as `await npc.multiplier(z1, z2).data()`
 * @throws InputError for no values, or for one outside [0, 1] or not a number
 */
export function statistics(q: ArrayLike<number>): MultiplierStatistics {
  const values = Array.from(q);
  if (values.length === 0) {
    throw new InputError('There are no multipliers to describe: give at least one value of q.');
  }
  const histogram = new Array<number>(bins).fill(0);
  for (const [index, value] of values.entries()) {
    if (!(value >= 0 && value <= 1)) {
      throw new InputError(`Multiplier ${index} is ${value}: q lies between 0 and 1.`);
    }
    const bin = Math.min(Math.floor(value * bins), bins - 1);
    histogram[bin] = histogram[bin]! + 1;
  }
  const mean = average(values);
  const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
  return { mean, variation: mean === 0 ? 0 : deviation / mean, histogram };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
