import * as tf from '@tensorflow/tfjs';
import { normalise } from '../../losses/index.js';
import { gradients } from '../../npc/index.js';
import type { Batch } from '../batch.js';
import { anchorParts } from '../slips/anchor.js';
import { multiplierFormula } from '../slips/formulas.js';
import { type Lengths, lengthSlips, scaledViews } from '../slips/lengths.js';
import { type Readings, slipsOf } from '../slips/slip.js';
import type { Exercise } from './exercise.js';

interface Reading {
  readonly multiplier: 'q' | 'left out' | '1 - q';
  readonly temperature: 'divides' | 'left out' | 'multiplies';
  readonly direction: 'anchor' | 'positive' | 'difference';
  readonly sign: 'right' | 'turned';
  readonly lengths: Extract<Lengths, 'each row' | 'nothing'>;
}

const readings: Readings<Reading> = {
  right: { multiplier: 'q', temperature: 'divides', direction: 'anchor', sign: 'right', lengths: 'each row' },
  changes: [
    {
      change: { multiplier: 'left out' },
      explain: (batch, index) =>
        `q is left out. This is the pull of DCL; InfoNCE multiplies it by q, ${parts(batch, index).q.toPrecision(4)} for this anchor (Proposition 1).`,
    },
    {
      change: { multiplier: '1 - q' },
      explain: (batch, index) =>
        `The factor is 1 - q. It is q, ${parts(batch, index).q.toPrecision(4)} for this anchor: an easy positive pulls less.`,
    },
    {
      change: { temperature: 'left out' },
      explain: ({ temperature }) =>
        `The temperature is left out: p = <anchor, positive> / temperature, so its derivative has the factor 1 / ${temperature}.`,
    },
    {
      change: { temperature: 'multiplies' },
      explain: () =>
        'The pull is multiplied by the temperature. It is divided by it: a low temperature pulls harder.',
    },
    {
      change: { direction: 'positive' },
      explain: () =>
        'The direction is that of the positive itself. A gradient on z2 says where to move z2: towards the anchor, z1.',
    },
    {
      change: { direction: 'difference' },
      explain: () =>
        'The direction is anchor minus positive. The derivative of a dot product <z1, z2> with respect to z2 is z1 alone.',
    },
    {
      change: { sign: 'turned' },
      explain: () =>
        'The sign is turned: this is the gradient. The exercise asks for minus the gradient, the direction in which training moves the positive.',
    },
    { change: { lengths: 'nothing' }, explain: () => lengthSlips.nothing },
  ],
  values: (reading, batch) =>
    Array.from({ length: batch.images }, (_, image) => pullOf(reading, batch, image)).flat(),
  terms: (reading, batch, index) => [
    {
      name: 'component of the pull',
      yours: readings.values(reading, batch)[index]!,
      right: readings.values(readings.right, batch)[index]!,
    },
  ],
};

function pullOf(reading: Reading, batch: Batch, image: number): number[] {
  const { temperature } = batch;
  const [z1, z2] = scaledViews(batch, reading.lengths);
  const [anchor, positive] = [z1[image]!, z2[image]!];
  const q = multiplierOf(batch, image, reading.lengths);
  const factor =
    { q, 'left out': 1, '1 - q': 1 - q }[reading.multiplier] *
    { divides: 1 / temperature, 'left out': 1, multiplies: temperature }[reading.temperature] *
    { right: 1, turned: -1 }[reading.sign];
  return anchor.map(
    (a, d) => factor * { anchor: a, positive: positive[d]!, difference: a - positive[d]! }[reading.direction],
  );
}

function multiplierOf(batch: Batch, image: number, lengths: Lengths): number {
  const reading = { ...multiplierFormula.right, lengths };
  return multiplierFormula.value(anchorParts(reading, batch)[image]!, reading);
}

function parts(batch: Batch, index: number): { readonly q: number } {
  return { q: multiplierOf(batch, Math.floor(index / batch.dimensions), 'each row') };
}

export const pull: Exercise = {
  name: 'pull',
  title: 'The pull on the positive',
  result: '[N, d], one row for each image',
  shape: ({ images, dimensions }) => [images, dimensions],
  library(z1, z2, temperature) {
    const [u1, u2] = [normalise(z1), normalise(z2)];
    const rows = Array.from({ length: z1.shape[0] }, (_, image) =>
      tf.neg(gradients(u1, u2, { view: 1, image, temperature }).positive),
    );
    return tf.stack(rows);
  },
  place: ({ dimensions, images, temperature }, index) =>
    `image ${Math.floor(index / dimensions)}, component ${index % dimensions} (counted from 0), of ${images} images at temperature ${temperature}`,
  slips: () => slipsOf(readings),
  hints: [
    'The positive z2 stands in p = <z1, z2> / temperature and nowhere else in the loss of the anchor z1: by the chain rule you need dL/dp and dp/dz2.',
    'dp/dz2 is z1 over the temperature. L = log(exp(p) + U) - p has dL/dp = exp(p) / (exp(p) + U) - 1. Which quantity of the last exercises is that, with which sign?',
    'q of the anchors of view 1 are the first N values of your q: tf.slice(q, [0], [N]), then tf.expandDims(..., 1) so that it multiplies rows. Times unit1, over the temperature.',
  ],
  insight:
    'The direction is always that of the anchor; q alone decides how much of the pull is left. DCL has the same rows without q: each of length 1 / temperature.',
};
