import * as tf from '@tensorflow/tfjs';
import { multiplier as libraryMultiplier } from '../../npc/index.js';
import { usualChoices } from '../slips/anchor-slips.js';
import { multiplierFormula } from '../slips/formulas.js';
import { anchorExercise } from './anchor-exercise.js';

export const multiplier = anchorExercise({
  name: 'multiplier',
  title: 'The multiplier q',
  library: (z1, z2, temperature) => tf.reshape(libraryMultiplier(z1, z2, { temperature }), [-1]),
  formula: multiplierFormula,
  choices: {
    ...usualChoices,
    sum: ['mean of the negatives', 'mean of all'],
    fraction: ['positive', 'ratio'],
  },
  denominatorOf: (value, positive) => Math.exp(positive) / (1 - value),
  positiveOf: (value, denominator) => Math.log((1 - value) * denominator),
  hints: [
    'q is what the derivative of log(1 + x) leaves over. Easier: which share of the denominator of InfoNCE belongs to the negatives?',
    'The denominator is exp(p) + U. You have written both terms already.',
    'tf.div(U, tf.add(tf.exp(p), U)), with p = the positive similarities over the temperature, [2N].',
  ],
  insight:
    'q is between 0 and 1, and one number for the whole gradient of an anchor. An easy positive or a small U makes it small: then the anchor teaches the network little, also about its negatives.',
});
