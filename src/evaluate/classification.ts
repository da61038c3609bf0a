import { InputError, requireFinite } from '../errors.js';
import type { LabelledRows } from './feature-set.js';

/** How well a classifier did on labelled rows. */
export interface Classification {
  /** Share of rows whose highest score is their own class, 0 to 1. */
  readonly top1: number;
  /** Share of rows whose class is among the five highest scores, 0 to 1. */
  readonly top5: number;
  /** top1 within each class, in the order of `classes`; NaN for a class without rows. */
  readonly perClass: readonly number[];
  /** Their names, in the order that `labels` and `predictions` number. */
  readonly classes: readonly string[];
  /** Class of each row, [count]. */
  readonly labels: Int32Array;
  /** Predicted class of each row, [count]. */
  readonly predictions: Int32Array;
}

/**
 * Compares scores with the rows' own classes.
 * @param scores - [count, classes], row by row; higher is likelier. Of equal scores the class that comes first wins.
 * @throws InputError unless there is a finite score for each row and class
 */
export function classification(scores: Float32Array, rows: LabelledRows): Classification {
  const tally = new Tally(rows);
  tally.add(scores);
  return tally.result();
}

/** Counts what a classifier gets right, some rows at a time, so that the scores of all are never in memory. */
export class Tally {
  private readonly predictions: Int32Array;
  private readonly correct: number[];
  private readonly total: number[];
  private amongFive = 0;
  private done = 0;

  constructor(private readonly rows: LabelledRows) {
    this.predictions = new Int32Array(rows.count);
    this.correct = rows.classes.map(() => 0);
    this.total = rows.classes.map(() => 0);
  }

  /** The predicted class of each row so far. */
  get predicted(): Int32Array {
    return this.predictions.subarray(0, this.done);
  }

  /**
   * @param scores - of the rows after those that were added, [n, classes]
   * @throws InputError unless they are finite and belong to rows
   */
  add(scores: Float32Array): void {
    const { name, labels, classes, count } = this.rows;
    const width = classes.length;
    if (scores.length % width !== 0 || scores.length > (count - this.done) * width) throw this.misfit(scores);
    requireFinite(
      scores,
      width,
      (row, value) => `Row ${this.done + row} of ${name} has the score ${value}, so it cannot be classified.`,
    );
    for (let start = 0; start < scores.length; start += width) {
      this.addRow(scores.subarray(start, start + width), labels[this.done]!);
    }
  }

  /** @throws InputError where rows are missing */
  result(): Classification {
    const { count, classes, labels } = this.rows;
    if (this.done < count) throw this.misfit(new Float32Array(0));
    const top1 = this.correct.reduce((sum, n) => sum + n, 0) / count;
    const perClass = this.correct.map((n, c) => n / this.total[c]!);
    return { top1, top5: this.amongFive / count, perClass, classes, labels, predictions: this.predictions };
  }

  private addRow(scores: Float32Array, label: number): void {
    const own = scores[label]!;
    let [best, ahead] = [0, 0];
    for (let c = 0; c < scores.length; c++) {
      const score = scores[c]!;
      if (score > scores[best]!) best = c;
      if (score > own || (score === own && c < label)) ahead += 1;
    }
    this.predictions[this.done] = best;
    this.total[label]! += 1;
    if (ahead === 0) this.correct[label]! += 1;
    if (ahead < 5) this.amongFive += 1;
    this.done += 1;
  }

  private misfit(scores: Float32Array): InputError {
    const { name, classes, count } = this.rows;
    const given = this.done * classes.length + scores.length;
    return new InputError(
      `${name} has ${count} rows of ${classes.length} classes, which ${given} scores do not fit.`,
    );
  }
}
