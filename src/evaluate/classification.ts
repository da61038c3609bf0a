import { InputError, requireFinite } from '../errors.js';
import type { Embeddings } from './embed.js';

/** How well a classifier did on labelled embeddings. */
export interface Classification {
  /** Share of rows whose highest score is their own class, 0 to 1. */
  readonly top1: number;
  /** Share of rows whose class is among the five highest scores, 0 to 1. */
  readonly top5: number;
  /** top1 within each class, in the order of `classes`; NaN for a class without rows. */
  readonly perClass: readonly number[];
  readonly classes: readonly string[];
  /** Predicted class of each row, [count]. */
  readonly predictions: Int32Array;
}

/**
 * Compares scores with the rows' own classes.
 * @param scores - [count, classes], row by row; higher is likelier. Of equal scores the class that comes first wins.
 * @throws InputError unless there is a finite score for each row and class
 */
export function classification(scores: Float32Array, embeddings: Embeddings): Classification {
  const { name, labels, classes, count } = embeddings;
  if (scores.length !== count * classes.length) {
    throw new InputError(
      `${name} has ${count} rows of ${classes.length} classes, which ${scores.length} scores do not fit.`,
    );
  }
  requireFinite(
    scores,
    classes.length,
    (row, value) => `Row ${row} of ${name} has the score ${value}, so it cannot be classified.`,
  );
  const predictions = new Int32Array(count);
  const correct = classes.map(() => 0);
  const rows = classes.map(() => 0);
  let amongFive = 0;
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * classes.length, (i + 1) * classes.length);
    const label = labels[i]!;
    const ahead = row.reduce((n, score, c) => n + (isAhead(score, c, row[label]!, label) ? 1 : 0), 0);
    predictions[i] = row.reduce((best, score, c) => (score > row[best]! ? c : best), 0);
    rows[label]! += 1;
    if (ahead === 0) correct[label]! += 1;
    if (ahead < 5) amongFive += 1;
  }
  const total = correct.reduce((sum, n) => sum + n, 0);
  const perClass = correct.map((n, c) => n / rows[c]!);
  return { top1: total / count, top5: amongFive / count, perClass, classes, predictions };
}

function isAhead(score: number, index: number, ownScore: number, ownIndex: number): boolean {
  return score > ownScore || (score === ownScore && index < ownIndex);
}
