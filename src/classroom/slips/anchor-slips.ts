import type { Batch } from '../batch.js';
import { formatted, type Term } from '../note.js';
import { type AnchorReading, anchorParts } from './anchor.js';
import type { Formula } from './formulas.js';
import { lengthSlips } from './lengths.js';
import type { Change, Readings } from './slip.js';

/** Wrong values of the choices. */
export type Choices = { readonly [Field in keyof AnchorReading]?: readonly AnchorReading[Field][] };

/** Those that can be made in every formula with a positive. */
export const usualChoices: Choices = {
  lengths: ['nothing', 'whole matrix', 'columns'],
  temperature: ['left out', 'multiplies', 'positive alone', 'negatives alone'],
  positive: ['next image', 'anchor itself'],
  negatives: ['other view', 'own view'],
  itself: ['in'],
  exponential: ['left out'],
  sum: ['mean of the negatives'],
  order: ['side by side'],
};

/** The readings of a formula of anchors, the right one and those with one of the choices made wrongly. */
export function anchorReadings(formula: Formula, choices: Choices): Readings<AnchorReading> {
  const values = (reading: AnchorReading, batch: Batch) =>
    anchorParts(reading, batch).map((parts) => formula.value(parts, reading));
  return {
    right: formula.right,
    changes: changesOf(formula, choices),
    values,
    terms(reading, batch, index) {
      const [yours, right] = [reading, formula.right].map((read) => anchorParts(read, batch)[index]!);
      const [yourValue, rightValue] = [reading, formula.right].map((read) => values(read, batch)[index]!);
      const terms: Term[] = [];
      const add = (name: string, a: number, b: number) => {
        if (Math.abs(a - b) > 1e-9 * Math.abs(b)) terms.push({ name, yours: a, right: b });
      };
      if (formula.denominator !== undefined) {
        add('p, positive / temperature', yours!.positive, right!.positive);
        add(formula.denominator, yours!.denominator, right!.denominator);
      }
      add(formula.result, yourValue!, rightValue!);
      return terms;
    },
  };
}

function changesOf(formula: Formula, choices: Choices): Change<AnchorReading>[] {
  const said = texts(formula);
  return Object.entries(choices).flatMap(([field, values]) =>
    values.map((value) => {
      const text = (said[field as keyof AnchorReading] as Readonly<Record<string, Text>>)[value]!;
      return {
        change: { [field]: value } as Partial<AnchorReading>,
        explain: (batch, index) => text({ ...batch, right: anchorParts(formula.right, batch)[index]! }),
      } satisfies Change<AnchorReading>;
    }),
  );
}

interface Facts extends Batch {
  readonly right: { readonly positive: number; readonly denominator: number };
}
type Text = (facts: Facts) => string;

/** For each field, what to say of each value where it is wrong. */
function texts({ result }: Formula): {
  readonly [field in keyof AnchorReading]: Readonly<Partial<Record<AnchorReading[field], Text>>>;
} {
  return {
    lengths: {
      nothing: () => lengthSlips.nothing,
      'whole matrix': () => lengthSlips['whole matrix'],
      columns: () => lengthSlips.columns,
    },
    temperature: {
      'left out': ({ temperature }) =>
        `The temperature is left out: every similarity is divided by it before exp is taken, here by ${temperature}.`,
      multiplies: ({ temperature }) =>
        `The similarities are multiplied by the temperature. They are divided by it: by ${temperature}, which makes them ${formatted(1 / temperature ** 2)} times as large as yours.`,
      'positive alone': () =>
        'The temperature divides the positive only. The similarities of the negatives are divided by it too, before exp.',
      'negatives alone': () =>
        'The temperature divides the negatives only. The similarity with the positive is divided by it too.',
    },
    positive: {
      'next image': () =>
        'The positive is taken from the next image: the pairing is shifted by one row. Row i of both views comes from image i, so the positive of row i of view 1 is row i of view 2.',
      'anchor itself': ({ temperature }) =>
        `The positive is the anchor itself: its cosine is always 1, so p is ${formatted(1 / temperature)} for every anchor. The positive is the other view of the same image.`,
    },
    negatives: {
      'other view': ({ images }) =>
        `The negatives come from the other view only: ${images - 1} terms in U. Both views of every other image count: ${2 * (images - 1)} terms.`,
      'own view': ({ images }) =>
        `The negatives come from the anchor's own view only: ${images - 1} terms in U. Both views of every other image count: ${2 * (images - 1)} terms.`,
    },
    itself: {
      in: ({ temperature }) =>
        `The anchor is among its own negatives: its cosine with itself is 1, which adds e^(1/${temperature}) = ${formatted(Math.exp(1 / temperature))} to U. The sum runs over j other than i.`,
    },
    positiveBelow: {
      in: ({ right }) =>
        `The positive is in the sum: it adds exp(p) = ${formatted(Math.exp(right.positive))}. U has the negatives only. ${
          result === 'loss'
            ? 'With the positive in the logarithm this is InfoNCE; DCL takes it out (Proposition 2), and nothing else.'
            : 'The sum runs over the views of other images, j other than i.'
        }`,
      out: ({ right }) =>
        `The positive is missing from the denominator: exp(p) = ${formatted(Math.exp(right.positive))} belongs there beside U. ${
          result === 'loss'
            ? 'Without it the loss is DCL, which is a later exercise.'
            : 'The denominator of q is that of InfoNCE.'
        }`,
    },
    exponential: {
      'left out': () =>
        'The similarities are added up without exp. Each is first divided by the temperature, then exp is taken, then they are summed.',
    },
    sum: {
      'mean of the negatives': ({ images }) =>
        `U is the mean of the negatives' terms. It is their sum, ${2 * (images - 1)} times as large here: that is how more negatives get more weight.`,
      'left out': () =>
        'This is -p alone: the positive is pulled, and nothing is pushed. All embeddings in one point would be the best answer to it. The logarithm of the sum is missing.',
      'mean of all': () =>
        'The denominator is a mean over its terms. It is their sum, so that a larger batch has a larger one.',
    },
    logarithm: {
      natural: () =>
        'This is the logarithm of U. The exercise asks for U itself; the losses take its logarithm.',
      'base 2': () =>
        'The logarithm has base 2: log2(x) = ln(x) / 0.6931. The losses use the natural logarithm, tf.log.',
      'base 10': () =>
        'The logarithm has base 10: log10(x) = ln(x) / 2.303. The losses use the natural logarithm, tf.log.',
      'left out': () => 'The logarithm is left out. Take tf.log before you combine the terms.',
    },
    sign: {
      turned: () =>
        'The sign is turned. A loss is small when the positive is similar: it begins with a minus, and training makes it smaller.',
      'turned for the positive': () =>
        'The positive has the wrong sign. A similar positive must make the loss smaller: p is subtracted.',
    },
    fraction: {
      positive: () =>
        'This is 1 - q: the share of the positive in the denominator. q is the share of the negatives, U / (exp(p) + U).',
      ratio: () =>
        'This is U / exp(p), which can exceed 1. q divides U by the whole denominator, exp(p) + U, and lies between 0 and 1.',
    },
    order: {
      'side by side': () =>
        'The values are right, their order is not: yours has both views of an image side by side. Give the anchors of view 1 first, images 0 to N - 1, then those of view 2.',
    },
  };
}
