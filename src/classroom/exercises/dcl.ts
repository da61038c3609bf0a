import { decoupledTerms } from '../../losses/index.js';
import { usualChoices } from '../slips/anchor-slips.js';
import { dclFormula } from '../slips/formulas.js';
import { lossExercise } from './anchor-exercise.js';

export const dcl = lossExercise({
  name: 'dcl',
  title: 'DCL',
  termsOf: decoupledTerms,
  formula: dclFormula,
  choices: {
    ...usualChoices,
    positiveBelow: ['in'],
    sum: ['mean of the negatives', 'left out'],
    logarithm: ['base 2', 'base 10', 'left out'],
    sign: ['turned', 'turned for the positive'],
  },
  denominatorOf: (value, positive) => Math.exp(value + positive),
  positiveOf: (value, denominator) => Math.log(denominator) - value,
  hints: [
    'q comes from one term of the denominator of InfoNCE. Which one? What is left of the loss without it?',
    'Write InfoNCE as log(exp(p) + U) - p, and take the positive out of the logarithm.',
    'tf.sub(tf.log(U), p).',
  ],
  insight:
    'DCL may be negative: nothing holds it above 0, since the positive is no longer in the denominator. Its gradient on the positive never fades: it is that of InfoNCE without q.',
});
