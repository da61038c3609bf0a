import * as tf from '@tensorflow/tfjs';
import { usualChoices } from '../slips/anchor-slips.js';
import { negativesFormula } from '../slips/formulas.js';
import { lossExercise } from './anchor-exercise.js';

export const negatives = lossExercise({
  name: 'negatives',
  title: 'The sum U over the negatives',
  termsOf: ({ negatives }) => tf.sum(tf.exp(negatives), 1),
  formula: negativesFormula,
  choices: {
    ...usualChoices,
    temperature: ['left out', 'multiplies'],
    positive: [],
    positiveBelow: ['in'],
    logarithm: ['natural'],
  },
  denominatorOf: (value) => value,
  hints: [
    'Take one row of the similarity matrix: one anchor against all 2N views. Which two of these 2N entries are not negatives? Where do they stand in row 0, and where in row N?',
    'An entry is left out of a sum when it is multiplied by 0 after exp. So you need a matrix of zeros and ones with the shape of the similarities: 0 where row and column belong to the same image, 1 elsewhere.',
    'Row r and column c belong to the same image where r % N equals c % N. tf.eye(N) has ones where that holds within one view; tf.tile(tf.eye(N), [2, 2]) for both. The mask is 1 minus that.',
    'tf.sum(tf.mul(tf.exp(tf.div(similarities, temperature)), mask), 1), with axis 1 so that one value for each row is left.',
  ],
  insight:
    'Each U has 2(N - 1) terms: a larger batch makes it larger. And its largest terms, the hard negatives, are most of it, the more so the lower the temperature.',
});
