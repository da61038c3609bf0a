import jStat from 'jstat';
import { InputError, requireRange } from '../errors.js';

/** A mean with the interval that covers the true one at the given level, were the values drawn from a normal distribution. */
export interface MeanInterval {
  /** How many values, one for each seed. */
  readonly n: number;
  /** Of the values. */
  readonly mean: number;
  /** Ends of Student's t interval, mean -+ t s / sqrt(n) with n - 1 degrees of freedom; null for a single value. */
  readonly low: number | null;
  /** The upper end; null for a single value. */
  readonly high: number | null;
  /** 0.95 unless another was asked for. */
  readonly level: number;
}

/**
 * Mean and Student's t interval of values such as one accuracy for each seed.
 * @throws InputError for no values, one that is not finite, or a level outside 0 to 1
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  requireRange('level', level, 0, 1);
  const n = values.length;
  const stray = values.find((value) => !Number.isFinite(value));
  if (n === 0 || stray !== undefined) {
    throw new InputError(`A mean needs at least one value, all finite, not ${n === 0 ? 'none' : stray}.`);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, low: null, high: null, level };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = jStat.studentt.inv((1 + level) / 2, n - 1) * Math.sqrt(variance / n);
  return { n, mean, low: mean - half, high: mean + half, level };
}

/** What an interval of differences says: which side of 0 it lies on, if it lies on one. */
export type Verdict = 'higher' | 'lower' | 'not told apart' | 'one seed does not tell';

/**
 * Which side of 0 an interval of differences lies on.
 * @param difference - of one arm less another
 */
export function verdict({ low, high }: MeanInterval): Verdict {
  if (low === null || high === null) return 'one seed does not tell';
  if (low > 0) return 'higher';
  return high < 0 ? 'lower' : 'not told apart';
}
