import { coupledTerms } from '../../losses/index.js';
import { usualChoices } from '../slips/anchor-slips.js';
import { infoNCEFormula } from '../slips/formulas.js';
import { lossExercise } from './anchor-exercise.js';

export const infonce = lossExercise({
  name: 'infonce',
  title: 'InfoNCE',
  termsOf: coupledTerms,
  formula: infoNCEFormula,
  choices: {
    ...usualChoices,
    positiveBelow: ['out'],
    sum: ['mean of the negatives', 'mean of all', 'left out'],
    logarithm: ['base 2', 'base 10', 'left out'],
    sign: ['turned', 'turned for the positive'],
  },
  denominatorOf: (value, positive) => Math.exp(value + positive),
  positiveOf: (value, denominator) => Math.log(denominator) - value,
  hints: [
    'The fraction is a probability: of all the candidates that could be the partner of the anchor, how much weight does the right one have? Which terms must the denominator have, so that the fraction is below 1?',
    'You have U for each anchor. What is missing is p, the similarity with the positive over the temperature: one value for each image, the same for both of its views.',
    'p of the images is the sum along axis 1 of unit1 * unit2, over the temperature, [N]; twice in a row by tf.concat([p, p]) it is [2N]. It also stands in the similarity matrix, N columns to the right of the diagonal.',
    '-log(a / b) is log(b) - log(a): tf.sub(tf.log(tf.add(tf.exp(p), U)), p).',
  ],
  insight:
    'InfoNCE cannot be negative: the positive is in its own denominator. As the positive becomes easy, the fraction goes to 1 and the loss to 0, whatever the negatives do.',
});
