import * as tf from '@tensorflow/tfjs';
import { normalise, type Similarities, similarities } from '../../losses/index.js';
import { type Batch, dot } from '../batch.js';
import { formatted } from '../note.js';
import { anchorParts, anchors } from '../slips/anchor.js';
import { anchorReadings, type Choices } from '../slips/anchor-slips.js';
import type { Formula } from '../slips/formulas.js';
import { scaledViews } from '../slips/lengths.js';
import { slipsOf } from '../slips/slip.js';
import type { Exercise, PartialGradient } from './exercise.js';

interface AnchorExercise extends Omit<Exercise, 'result' | 'shape' | 'place' | 'slips' | 'infer'> {
  readonly formula: Formula;
  /** The choices that can be made wrongly. */
  readonly choices: Choices;
  /** The denominator that the formula would have needed to give a value, where it has one. */
  denominatorOf(value: number, positive: number): number;
  /** The p that it would have needed. */
  positiveOf?(value: number, denominator: number): number;
}

/** An exercise whose result is a value for each anchor. */
export function anchorExercise(options: AnchorExercise): Exercise {
  const { formula, choices, denominatorOf, positiveOf, ...rest } = options;
  return {
    ...rest,
    result: '[2N], one value for each anchor, those of view 1 first',
    shape: ({ images }) => [2 * images],
    place: (batch, index) => {
      const [view, image] = anchors(batch.images)[index]!;
      return `row ${index}, view ${view + 1} of image ${image} (counted from 0), of ${batch.images} images at temperature ${batch.temperature}`;
    },
    slips: () => slipsOf(anchorReadings(formula, choices)),
    infer(batch, index, yours) {
      const { positive, denominator } = anchorParts(formula.right, batch)[index]!;
      const excess = denominatorOf(yours, positive) - denominator;
      if (!Number.isFinite(excess)) return [];
      const size = `${formatted(denominator + excess)} instead of ${formatted(denominator)}`;
      const sum = formula.denominator ?? 'U';
      const sentences = [
        `${positiveOf === undefined ? '' : 'If your p is right, '}the sum (${sum}) is ${size}: ${formatted(Math.abs(excess))} too ${excess > 0 ? 'large' : 'small'}.${matchingTerm(formula, batch, index, excess)}`,
      ];
      if (positiveOf !== undefined) {
        const needed = positiveOf(yours, denominator);
        sentences.push(`If the sum is right, p is ${formatted(needed)} instead of ${formatted(positive)}.`);
      }
      return sentences.map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1));
    },
  };
}

interface LossExercise extends Omit<AnchorExercise, 'library' | 'partial'> {
  /** A value for each anchor, [A], from its similarities over the temperature. */
  termsOf(compared: Similarities): tf.Tensor1D;
}

/** An exercise of anchors whose result training differentiates. */
export function lossExercise({ termsOf, ...options }: LossExercise): Exercise {
  const compared = ([z1, z2]: Views, temperature: number) =>
    similarities(normalise(z1), normalise(z2), temperature);
  return anchorExercise({
    ...options,
    library: (z1, z2, temperature) => termsOf(compared([z1, z2], temperature)),
    partial: [
      {
        constant: 'the positives',
        compute: (views, constants, temperature) =>
          termsOf({ ...compared(views, temperature), positives: compared(constants, temperature).positives }),
      },
      {
        constant: 'the negatives',
        compute: (views, constants, temperature) =>
          termsOf({ ...compared(views, temperature), negatives: compared(constants, temperature).negatives }),
      },
      {
        constant: "the rows' lengths",
        compute([z1, z2], [c1, c2], temperature) {
          const [u1, u2] = [tf.div(z1, lengths(c1)), tf.div(z2, lengths(c2))] as [tf.Tensor2D, tf.Tensor2D];
          return termsOf(similarities(u1, u2, temperature));
        },
      },
    ] satisfies PartialGradient[],
  });
}

type Views = readonly [tf.Tensor2D, tf.Tensor2D];

function lengths(z: tf.Tensor2D): tf.Tensor {
  return tf.norm(z, 'euclidean', 1, true);
}

/** Says which single term has the size of what is too much or missing. */
function matchingTerm(formula: Formula, batch: Batch, index: number, excess: number): string {
  const [view, image] = anchors(batch.images)[index]!;
  const views = scaledViews(batch, 'each row');
  const anchor = views[view]![image]!;
  for (const [otherView, other] of anchors(batch.images)) {
    const term = Math.exp(dot(anchor, views[otherView]![other]!) / batch.temperature);
    if (Math.abs(term - Math.abs(excess)) > 1e-4 * term) continue;
    const belongs = other !== image || (otherView !== view && formula.right.positiveBelow === 'in');
    if (excess < 0 && !belongs) continue;
    const role = other !== image ? '' : otherView === view ? ', the anchor itself' : ', the positive';
    return ` That is the term of view ${otherView + 1} of image ${other}${role}, which ${excess > 0 ? 'does not belong there or counts twice' : 'is missing'}.`;
  }
  return '';
}
