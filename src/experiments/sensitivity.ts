import { InputError } from '../errors.js';
import { arm, type ComparedFactor, distinct, varying } from './arms.js';
import type { Measure } from './columns.js';
import { compare } from './compare.js';
import { type MeanInterval, meanInterval } from './interval.js';
import { type Results, rowsOf } from './results.js';

/** Which setting and which two losses {@link sensitivity} looks at. */
export interface SensitivityOptions {
  /** The setting that was varied, such as `temperature`. */
  readonly factor: Exclude<ComparedFactor, 'loss'>;
  /** The losses; `infonce` and `dcl` by default. */
  readonly a?: string;
  /** The second loss; `dcl` by default. */
  readonly b?: string;
  /** `knnTop1` by default. */
  readonly measure?: Measure;
  /** Of the intervals; 0.95 by default. */
  readonly level?: number;
}

/** How far a measure ranges over the values of a setting, with one loss. */
export interface MeasureRange {
  /** Its name. */
  readonly loss: string;
  /** Highest less lowest of each seed, in the measure's unit. */
  readonly bySeed: readonly number[];
  /** Of the mean of `bySeed`. */
  readonly interval: MeanInterval;
}

/** How much two losses depend on a setting. */
export interface Sensitivity {
  /** The setting that was varied. */
  readonly factor: ComparedFactor;
  /** What ranges. */
  readonly measure: Measure;
  /** The setting's values, numbers in ascending order. */
  readonly values: readonly (string | number | null)[];
  /** Those of both losses, ascending. */
  readonly seeds: readonly number[];
  /** The first loss. */
  readonly a: MeasureRange;
  /** The second loss. */
  readonly b: MeasureRange;
  /** Range of b less that of a, paired by seed: an interval below 0 says that b is less sensitive. */
  readonly difference: MeanInterval;
}

/**
 * Which of two losses depends less on a setting: the range of a measure over the setting's values, highest less lowest,
 * for each loss and seed. Chance alone gives a range, too: it is larger for more values, so compare losses, not settings.
 *
 * @throws InputError where the setting has one value, where trials differ in anything besides it, the loss and the seed,
 *   and where the losses have other seeds or values (`compare`)
 */
export function sensitivity(results: Results, options: SensitivityOptions): Sensitivity {
  const { factor, a = 'infonce', b = 'dcl', measure = 'knnTop1', level = 0.95 } = options;
  const arms = [arm(results, { loss: a }), arm(results, { loss: b })] as const;
  const rows = arms.flatMap(rowsOf);
  requireOnlyVaried(varying(rows), factor);
  const values = distinct(rows, factor).sort((x, y) => Number(x) - Number(y));
  const compared = values.map((value) => {
    const [ofA, ofB] = arms.map((results) => arm(results, { [factor]: value }));
    return compare(ofA!, ofB!, { measure, level });
  });
  const { seeds } = compared[0]!;
  const rangeOf = (loss: string): MeasureRange => {
    const bySeed = seeds.map((seed) => {
      const measured = rows
        .filter((row) => row.loss === loss && row.seed === seed)
        .map((row) => row[measure]);
      return Math.max(...measured) - Math.min(...measured);
    });
    return { loss, bySeed, interval: meanInterval(bySeed, level) };
  };
  const [rangeA, rangeB] = [rangeOf(a), rangeOf(b)];
  const differences = seeds.map((_, i) => rangeB.bySeed[i]! - rangeA.bySeed[i]!);
  const difference = meanInterval(differences, level);
  return { factor, measure, values, seeds, a: rangeA, b: rangeB, difference };
}

function requireOnlyVaried(varied: readonly string[], factor: string): void {
  const others = varied.filter((name) => name !== factor && name !== 'loss');
  if (others.length > 0) {
    throw new InputError(
      `These trials differ in ${others.join(' and ')} besides ${factor}; choose by experiments.arm those in which ${factor} alone varies.`,
    );
  }
  if (!varied.includes(factor)) {
    throw new InputError(`${factor} has one value in these trials; a sensitivity needs at least two.`);
  }
}
