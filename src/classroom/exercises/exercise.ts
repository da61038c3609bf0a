import type * as tf from '@tensorflow/tfjs';
import type { Batch } from '../batch.js';
import type { Slip } from '../slips/slip.js';

/** The exercises in their order. */
export type ExerciseName = 'similarities' | 'negatives' | 'infonce' | 'multiplier' | 'dcl' | 'pull';

/** A correct function of two views' embeddings, [N, d] each, and the temperature, which exercise 1 does without. */
export interface CorrectSolution {
  (z1: tf.Tensor2D, z2: tf.Tensor2D, temperature?: number): tf.Tensor;
  /** Whether it is the student's own, and not the library's. */
  readonly own: boolean;
}

export interface Exercise {
  readonly name: ExerciseName;
  /** What messages call it. */
  readonly title: string;
  /** The result's shape in words, such as `[2N], one value for each anchor`. */
  readonly result: string;
  shape(batch: Batch): readonly number[];
  /** The library's own answer, [N, d] twice to the result. */
  library(z1: tf.Tensor2D, z2: tf.Tensor2D, temperature: number): tf.Tensor;
  /** Which value of the result an index is, and of which batch. */
  place(batch: Batch, index: number): string;
  /** The usual mistakes, single ones first. */
  slips(): Iterable<Slip>;
  /** For mistakes that are none of the usual ones: what a wrong value tells. */
  infer?(batch: Batch, index: number, yours: number): readonly string[];
  /** Where training differentiates it: the same values with a part of the gradient missing. */
  readonly partial?: readonly PartialGradient[];
  /** From what to think about to what to write. */
  readonly hints: readonly string[];
  /** What to notice once it is right. */
  readonly insight: string;
}

/** A solution whose values are right, but through part of which no gradient flows. */
export interface PartialGradient {
  /** The part, as messages call it. */
  readonly constant: string;
  /** `z1` and `z2` again, as constants, come last. */
  compute(
    views: readonly [tf.Tensor2D, tf.Tensor2D],
    constants: readonly [tf.Tensor2D, tf.Tensor2D],
    temperature: number,
  ): tf.Tensor;
}
