import * as tf from '@tensorflow/tfjs';
import { normalise } from '../../losses/index.js';
import { type Batch, dot } from '../batch.js';
import { anchors } from '../slips/anchor.js';
import { type Lengths, lengthSlips, scaledViews } from '../slips/lengths.js';
import { type Readings, slipsOf } from '../slips/slip.js';
import type { Exercise } from './exercise.js';

interface Reading {
  readonly lengths: Lengths;
  readonly order: 'view 1 first' | 'side by side' | 'view 2 first';
  readonly measure: 'cosine' | 'absolute' | 'distance' | 'squared distance';
}

const orderText =
  'The similarities are right, their order is not: give the rows of view 1 first, images 0 to N - 1, then those of view 2, and the columns likewise.';

const readings: Readings<Reading> = {
  right: { lengths: 'each row', order: 'view 1 first', measure: 'cosine' },
  changes: [
    ...(['nothing', 'whole matrix', 'columns'] as const).map((lengths) => ({
      change: { lengths },
      explain: () => lengthSlips[lengths],
    })),
    {
      change: { order: 'side by side' },
      explain: () => `${orderText} Yours has both views of an image side by side.`,
    },
    { change: { order: 'view 2 first' }, explain: () => `${orderText} Yours begins with view 2.` },
    {
      change: { measure: 'absolute' },
      explain: () => 'The signs are gone. A cosine of -1 means opposite, and is as far from 1 as can be.',
    },
    {
      change: { measure: 'distance' },
      explain: () => 'These are distances. The exercise asks for cosines: 1 for the same direction, not 0.',
    },
    {
      change: { measure: 'squared distance' },
      explain: () =>
        'These are squared distances, 2 - 2 cos for rows of length 1. The exercise asks for the cosines themselves.',
    },
  ],
  values: (reading, batch) => matrixOf(reading, batch).flat(),
  terms: (reading, batch, index) => [
    {
      name: 'similarity',
      yours: matrixOf(reading, batch).flat()[index]!,
      right: matrixOf(readings.right, batch).flat()[index]!,
    },
  ],
};

function matrixOf({ lengths, order, measure }: Reading, batch: Batch): number[][] {
  const views = scaledViews(batch, lengths);
  const rows =
    order === 'view 2 first'
      ? [...views[1], ...views[0]]
      : anchors(batch.images, order).map(([view, image]) => views[view]![image]!);
  return rows.map((a) =>
    rows.map((b) => {
      const squaredDistance = Math.max(0, dot(a, a) + dot(b, b) - 2 * dot(a, b));
      return {
        cosine: dot(a, b),
        absolute: Math.abs(dot(a, b)),
        distance: Math.sqrt(squaredDistance),
        'squared distance': squaredDistance,
      }[measure];
    }),
  );
}

export const similarities: Exercise = {
  name: 'similarities',
  title: 'Cosine similarities',
  result: '[2N, 2N], the rows of view 1 before those of view 2, and the columns likewise',
  shape: ({ images }) => [2 * images, 2 * images],
  library: (z1, z2) => {
    const unit = tf.concat([normalise(z1), normalise(z2)]);
    return tf.matMul(unit, unit, false, true);
  },
  place: ({ images }, index) =>
    `row ${Math.floor(index / (2 * images))}, column ${index % (2 * images)} (counted from 0), of ${images} images`,
  slips: () => slipsOf(readings),
  partial: [],
  hints: [
    'What does a cosine depend on, and what not? If you double the length of one embedding, no entry of the matrix may change. What must happen to each row before any two are multiplied?',
    'Both views are compared with both views, so put them below each other: tf.concat([z1, z2]) is [2N, d]. The dot products of all rows with all rows are one matrix product of that with its own transpose.',
    'tf.norm(z, "euclidean", 1, true) is [2N, 1], the length of each row; dividing by it gives rows of length 1. tf.matMul(unit, unit, false, true) multiplies with the transpose of the second.',
  ],
  insight:
    'The diagonal is 1: each row with itself. N columns beside it stand the positives. All others are what the losses push apart.',
};
