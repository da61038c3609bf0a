import jStat from 'jstat';
import { requireInteger, requireRange } from '../errors.js';

/** The interval that covers the accuracy on all images that there could be, were the test images drawn from these. */
export interface AccuracyInterval {
  /** Lower end, 0 to 1. */
  readonly low: number;
  /** Upper end, 0 to 1. */
  readonly high: number;
}

/**
 * Wilson's score interval of an accuracy (Wilson, 1927). It says how much the choice of test images matters, and nothing of
 * seeds: how much another training would differ takes several trainings.
 * @param accuracy - share of the images that are right, 0 to 1
 * @param count - how many images
 * @param level - 0.95 by default
 * @throws InputError for values out of range
 */
export function accuracyInterval(accuracy: number, count: number, level = 0.95): AccuracyInterval {
  requireRange('accuracy', accuracy, 0, 1);
  requireInteger('count', count);
  requireRange('level', level, 0, 1);
  const z = jStat.normal.inv((1 + level) / 2, 0, 1);
  const shrink = 1 + z ** 2 / count;
  const centre = (accuracy + z ** 2 / (2 * count)) / shrink;
  const half = (z * Math.sqrt((accuracy * (1 - accuracy)) / count + z ** 2 / (4 * count ** 2))) / shrink;
  // At 0 and 1 an end is the accuracy itself, but for rounding.
  const low = Math.max(0, Math.min(accuracy, centre - half));
  return { low, high: Math.min(1, Math.max(accuracy, centre + half)) };
}
