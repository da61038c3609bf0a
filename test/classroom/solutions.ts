/** Each exercise solved in three ways that differ in their steps: with a mask, by cutting out, and row by row. */
import * as tf from '@tensorflow/tfjs';
import type { ExerciseName, Solution } from '../../src/classroom/index.js';

type Views = [z1: tf.Tensor2D, z2: tf.Tensor2D, temperature: number];
type Solutions = Readonly<Record<ExerciseName, Solution>>;

const unit = (z: tf.Tensor): tf.Tensor2D => tf.div(z, tf.norm(z, 'euclidean', 1, true));

function similarities(z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Tensor2D {
  const rows = unit(tf.concat([z1, z2]));
  return tf.matMul(rows, rows, false, true);
}

function negatives(...[z1, z2, temperature]: Views): tf.Tensor {
  const mask = tf.sub(1, tf.tile(tf.eye(z1.shape[0]), [2, 2]));
  return tf.sum(tf.mul(tf.exp(tf.div(similarities(z1, z2), temperature)), mask), 1);
}

function positives(...[z1, z2, temperature]: Views): tf.Tensor {
  const p = tf.div(tf.sum(tf.mul(unit(z1), unit(z2)), 1), temperature);
  return tf.concat([p, p]);
}

function pullFrom(q: tf.Tensor, ...[z1, , temperature]: Views): tf.Tensor {
  const ofView1 = tf.expandDims(tf.slice(q, [0], [z1.shape[0]]), 1);
  return tf.mul(tf.div(ofView1, temperature), unit(z1));
}

const masked: Solutions = {
  similarities,
  negatives,
  infonce: (...views) => {
    const p = positives(...views);
    return tf.neg(tf.log(tf.div(tf.exp(p), tf.add(tf.exp(p), negatives(...views)))));
  },
  multiplier: (...views) => {
    const U = negatives(...views);
    return tf.div(U, tf.add(tf.exp(positives(...views)), U));
  },
  dcl: (...views) => tf.sub(tf.log(negatives(...views)), positives(...views)),
  pull: (...views) => pullFrom(masked.multiplier(...views) as tf.Tensor, ...views),
};

/** Similarities over the temperature, with -1e9 where both rows are of one image. */
function maskedLogits(...[z1, z2, temperature]: Views): tf.Tensor {
  const same = tf.tile(tf.eye(z1.shape[0]), [2, 2]);
  return tf.sub(tf.div(similarities(z1, z2), temperature), tf.mul(same, 1e9));
}

function logU(...views: Views): tf.Tensor {
  return tf.logSumExp(maskedLogits(...views), 1);
}

const stable: Solutions = {
  similarities: (z1, z2) => {
    const [a, b] = [unit(z1), unit(z2)];
    const block = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.matMul(x, y, false, true);
    return tf.concat([tf.concat([block(a, a), block(a, b)], 1), tf.concat([block(b, a), block(b, b)], 1)]);
  },
  negatives: (...views) => tf.exp(logU(...views)),
  infonce: (...views) => tf.softplus(tf.sub(logU(...views), positives(...views))),
  multiplier: (...views) => tf.sigmoid(tf.sub(logU(...views), positives(...views))),
  dcl: (...views) => tf.sub(logU(...views), positives(...views)),
  pull: (...views) => pullFrom(stable.multiplier(...views) as tf.Tensor, ...views),
};

/** A value for each anchor, from the anchor's positive and its negatives, one row after the other. */
function byRow(views: Views, value: (p: tf.Tensor, negatives: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [z1, z2, temperature] = views;
  const both = [unit(z1), unit(z2)] as const;
  const images = z1.shape[0];
  const rows = both.flatMap((own, k) =>
    Array.from({ length: images }, (_, i) => {
      const anchor = tf.slice(own, [i, 0], [1, -1]);
      const others = Array.from({ length: images }, (__, j) => j).filter((j) => j !== i);
      const compared = both.map((view) => tf.gather(view, others));
      const similar = (x: tf.Tensor) => tf.div(tf.sum(tf.mul(anchor, x), 1), temperature);
      return value(similar(tf.slice(both[1 - k]!, [i, 0], [1, -1])), similar(tf.concat(compared)));
    }),
  );
  return tf.concat(rows.map((row) => tf.reshape(row, [1])));
}

const U = (negatives: tf.Tensor) => tf.sum(tf.exp(negatives));
const looped: Solutions = {
  similarities: (z1, z2) => {
    const rows = tf.unstack(tf.concat([z1, z2]));
    const cosine = (a: tf.Tensor, b: tf.Tensor) =>
      tf.div(tf.sum(tf.mul(a, b)), tf.mul(tf.norm(a), tf.norm(b)));
    return tf.stack(rows.map((a) => tf.stack(rows.map((b) => cosine(a, b)))));
  },
  negatives: (...views) => byRow(views, (_, negatives) => U(negatives)),
  infonce: (...views) => byRow(views, (p, negatives) => tf.sub(tf.log(tf.add(tf.exp(p), U(negatives))), p)),
  multiplier: (...views) =>
    byRow(views, (p, negatives) => tf.sub(1, tf.div(tf.exp(p), tf.add(tf.exp(p), U(negatives))))),
  dcl: (...views) => byRow(views, (p, negatives) => tf.neg(tf.log(tf.div(tf.exp(p), U(negatives))))),
  pull: (...views) => pullFrom(looped.multiplier(...views) as tf.Tensor, ...views),
};

export const solutions: Readonly<Record<'masked' | 'stable' | 'looped', Solutions>> = {
  masked,
  stable,
  looped,
};

/** The pieces of `masked`, to make wrong solutions of. */
export const pieces = { unit, similarities, negatives, positives };
