import { requireInteger } from '../errors.js';
import type { Classification } from './classification.js';

/** How often rows of each class were given each class. */
export interface ConfusionMatrix {
  /** Their names, in the order of the rows and columns. */
  readonly classes: readonly string[];
  /** Rows of class i that were predicted as class j at i x classes.length + j, [classes, classes]. */
  readonly counts: Int32Array;
}

/** Two different classes of which one is taken for the other. */
export interface ConfusedPair {
  /** The rows' own class. */
  readonly label: string;
  /** The class that they were taken for. */
  readonly prediction: string;
  /** Rows of class `label` that were predicted as `prediction`. */
  readonly count: number;
  /** `count` as a share of the rows of class `label`, 0 to 1. */
  readonly share: number;
}

/** Counts labels against predictions. */
export function confusionMatrix({ classes, labels, predictions }: Classification): ConfusionMatrix {
  const counts = new Int32Array(classes.length ** 2);
  for (const [row, label] of labels.entries()) counts[label * classes.length + predictions[row]!]! += 1;
  return { classes, counts };
}

/**
 * The pairs of classes that are confused most often, the most frequent first; of equally frequent ones the larger share.
 * @throws InputError for a limit that is no whole number of at least 1
 */
export function mostConfused(
  { classes, counts }: ConfusionMatrix,
  {
    limit = 20,
  }: {
    /** How many at most; 20 by default. */
    readonly limit?: number;
  } = {},
): ConfusedPair[] {
  requireInteger('limit', limit);
  const size = classes.length;
  const pairs: ConfusedPair[] = [];
  for (const [label, name] of classes.entries()) {
    const row = counts.subarray(label * size, (label + 1) * size);
    const total = row.reduce((sum, count) => sum + count, 0);
    for (const [prediction, count] of row.entries()) {
      if (prediction === label || count === 0) continue;
      pairs.push({ label: name, prediction: classes[prediction]!, count, share: count / total });
    }
  }
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, limit);
}
