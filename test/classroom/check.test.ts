import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { exerciseBatches } from '../../src/classroom/batch.js';
import { exercises } from '../../src/classroom/exercises/index.js';
import { type ExerciseName, lesson, type Solution } from '../../src/classroom/index.js';
import { libraryValues, valuesOf } from '../../src/classroom/run-solution.js';
import { use } from '../../src/engine/index.js';
import { dcl, infoNCE } from '../../src/losses/index.js';
import { engines } from '../engines.js';
import { pieces, solutions } from './solutions.js';

const { unit, similarities, negatives, positives } = pieces;
const masked = solutions.masked;

describe.each(engines)('on engine %s', (name) => {
  beforeAll(() => use({ name }));

  const cases = Object.entries(solutions).flatMap(([way, all]) =>
    exercises.map((exercise) => [exercise.name, way, all[exercise.name]] as const),
  );
  test.each(cases)('%s, written %s, is right', (exercise, _, solution) => {
    for (const seed of [1, 2]) {
      const note = lesson({ seed }).check(exercise, solution);
      expect(note.text).toMatch(/: right\n/);
      expect(note.passed).toBe(true);
    }
  });

  test('a check leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    lesson().check('infonce', masked.infonce);
    lesson().check('infonce', () => tf.zeros([3]));
    lesson().check('infonce', () => {
      throw new Error('on purpose');
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** What the check says of a wrong solution. */
function said(name: ExerciseName, solution: unknown): string {
  const note = lesson().check(name, solution as Solution);
  expect(note.passed).toBe(false);
  return note.text;
}

describe('what a wrong solution is told', () => {
  beforeAll(() => use({ name: 'cpu' }));

  test('the library compares with itself as the losses do', () => {
    for (const [name, loss] of [
      ['infonce', infoNCE],
      ['dcl', dcl],
    ] as const) {
      const exercise = exercises.find((each) => each.name === name)!;
      const batch = exerciseBatches(5)[2]!;
      const values = libraryValues(exercise, batch);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const [z1, z2] = batch.z.map((rows) => tf.tensor2d(rows as number[][]));
      expect(mean).toBeCloseTo(loss({ temperature: batch.temperature })(z1!, z2!).arraySync(), 5);
    }
  });

  test('DCL for InfoNCE: the term, by how much, and both numbers', () => {
    const text = said('infonce', masked.dcl);
    const [, term] = /exp\(p\) = (\S+) belongs there beside U/.exec(text)!;
    const [, yours, right] = /denominator, exp\(p\) \+ U +(\S+) +(\S+)/.exec(text)!;
    expect(Number(yours) + Number(term)).toBeCloseTo(Number(right), 2);
    expect(text).toContain('Without it the loss is DCL');
  });

  test('the temperature forgotten, the sum over one view, and both at once', () => {
    const forgotten: Solution = (z1, z2) => masked.infonce(z1, z2, 1);
    expect(said('infonce', forgotten)).toContain('The temperature is left out');
    const oneView: Solution = (z1, z2, t) => {
      const [a, b] = [unit(z1), unit(z2)];
      const off = tf.sub(1, tf.eye(z1.shape[0]));
      const U = tf.sum(tf.mul(tf.exp(tf.div(tf.matMul(a, b, false, true), t)), off), 1);
      const other = tf.sum(tf.mul(tf.exp(tf.div(tf.matMul(b, a, false, true), t)), off), 1);
      return tf.concat([U, other]);
    };
    expect(said('negatives', oneView)).toContain('The negatives come from the other view only: 2 terms in U');
    const both = said('negatives', (z1: tf.Tensor2D, z2: tf.Tensor2D) => oneView(z1, z2, 1));
    expect(both).toMatch(/Two things are not right yet.*1\. The temperature.*2\. The negatives/s);
  });

  test('a term that counts twice is found by its size', () => {
    const twice: Solution = (z1, z2, t) => {
      const p = positives(z1, z2, t);
      return tf.sub(tf.log(tf.add(tf.mul(2, tf.exp(p)), negatives(z1, z2, t))), p);
    };
    expect(said('infonce', twice)).toMatch(/the positive, which does not belong there or counts twice/);
  });

  test('a mask by value removes a duplicate as well', () => {
    const byValue: Solution = (z1, z2, t) => {
      const cosines = similarities(z1, z2);
      const images = z1.shape[0];
      const pairs = tf.tile(tf.eye(images), [2, 2]);
      const kept = tf.mul(tf.cast(tf.less(cosines, 0.9999), 'float32'), tf.sub(1, pairs));
      return tf.sum(tf.mul(tf.exp(tf.div(cosines, t)), kept), 1);
    };
    expect(said('negatives', byValue)).toMatch(/term of view 1 of image 3, which is missing/);
  });

  test('the anchor subtracted instead of masked loses digits', () => {
    const subtracted: Solution = (z1, z2, t) => {
      const all = tf.sum(tf.exp(tf.div(similarities(z1, z2), t)), 1);
      return tf.sub(tf.sub(all, Math.exp(1 / t)), tf.exp(positives(z1, z2, t)));
    };
    expect(said('negatives', subtracted)).toContain('float32 keeps seven digits');
  });

  test.each<[string, unknown, string | RegExp]>([
    ['no function', undefined, 'of type undefined'],
    ['no return', () => {}, 'Is a return missing?'],
    ['null', () => null, 'returns null'],
    ['a number', () => 3, 'a number, not a tensor'],
    ['an array', () => [1, 2], 'an array, not a tensor'],
    ['a list of tensors', () => [tf.scalar(1)], 'tf.concat or tf.stack'],
    ['a string', () => 'loss', 'of type string'],
    ['a promise', async () => masked.infonce, 'Take async and await away'],
    ['a promise that is rejected', () => Promise.reject(new Error('later')), 'async'],
    [
      'an error',
      () => {
        throw new Error('on purpose');
      },
      'stopped with an error, for two views of shape [3, 4]: on purpose',
    ],
    [
      'something else thrown',
      () => {
        throw null;
      },
      'stopped with an error',
    ],
    [
      'a product that does not fit',
      (a: tf.Tensor2D, b: tf.Tensor2D) => tf.matMul(a, b),
      'takes the transpose of b',
    ],
    ['integers', (z: tf.Tensor2D) => tf.zeros([2 * z.shape[0]], 'int32'), 'of type int32'],
    [
      'a constant',
      (z: tf.Tensor2D) => tf.zeros([2 * z.shape[0]]),
      'Every value is 0, whatever the embeddings',
    ],
    [
      'a disposed tensor',
      () => {
        const x = tf.scalar(1);
        x.dispose();
        return x;
      },
      'disposed of',
    ],
    [
      'the arguments disposed of',
      (z: tf.Tensor2D) => {
        z.dispose();
        return tf.neg(z);
      },
      'stopped with an error',
    ],
    ['infinities', (z: tf.Tensor2D) => tf.log(tf.zeros([2 * z.shape[0]])), 'gives -Infinity'],
    ['random values', (z: tf.Tensor2D) => tf.randomUniform([2 * z.shape[0]]), 'gave two different results'],
    ['another shape', (z: tf.Tensor2D) => z, 'returns shape [3, 4]; the result is [6]'],
    [
      'view 1 alone',
      (...v: Parameters<Solution>) => tf.slice(masked.infonce(...v) as tf.Tensor, [0], [3]),
      'The values are those of view 1, and right',
    ],
    [
      'a column',
      (...v: Parameters<Solution>) => tf.reshape(masked.infonce(...v) as tf.Tensor, [-1, 1]),
      'tf.squeeze',
    ],
    ['every pair', (a: tf.Tensor2D, b: tf.Tensor2D) => similarities(a, b), 'Sum over the columns'],
    [
      'the mean',
      (...v: Parameters<Solution>) => tf.mean(masked.infonce(...v) as tf.Tensor),
      'is the mean of the right values',
    ],
    [
      'the sum',
      (...v: Parameters<Solution>) => tf.sum(masked.infonce(...v) as tf.Tensor),
      'is the sum of the right values',
    ],
    [
      'the sum over N',
      (...v: Parameters<Solution>) => tf.div(tf.sum(masked.infonce(...v) as tf.Tensor), 3),
      'over N',
    ],
    [
      'the log of the mean',
      (...v: Parameters<Solution>) =>
        tf.neg(tf.log(tf.mean(tf.exp(tf.neg(masked.infonce(...v) as tf.Tensor))))),
      'logarithm of the mean probability',
    ],
    [
      'a factor',
      (...v: Parameters<Solution>) => tf.mul(3, masked.infonce(...v) as tf.Tensor),
      'Every value is 3.000 times',
    ],
    [
      'an amount',
      (...v: Parameters<Solution>) => tf.add(1, masked.infonce(...v) as tf.Tensor),
      'the right one plus 1.000',
    ],
  ])('%s', (_, solution, message) => {
    expect(said('infonce', solution)).toMatch(
      message instanceof RegExp ? message : new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
    );
  });

  test('an error that cannot be shown', () => {
    const hostile = Object.defineProperty(new Error('never'), 'message', {
      get: () => {
        throw new Error('hostile');
      },
    });
    expect(
      said('infonce', () => {
        throw hostile;
      }),
    ).toContain('an error that cannot be shown');
  });

  test('a gradient that is cut off, wholly or in part', () => {
    const readOut: Solution = (...views) => tf.tensor((masked.infonce(...views) as tf.Tensor).dataSync());
    expect(said('infonce', readOut)).toContain('no gradient reaches the embeddings');
    const fixed = (x: tf.Tensor) => tf.tensor(x.dataSync(), x.shape);
    expect(
      said('dcl', ((z1, z2, t) =>
        tf.sub(tf.log(negatives(z1, z2, t)), fixed(positives(z1, z2, t)))) as Solution),
    ).toContain('No gradient flows through the positives');
    expect(
      said('dcl', ((z1, z2, t) =>
        tf.sub(tf.log(fixed(negatives(z1, z2, t))), positives(z1, z2, t))) as Solution),
    ).toContain('No gradient flows through the negatives');
    const fixedLengths: Solution = (z1, z2) => {
      const z = tf.concat([z1, z2]);
      const u = tf.div(z, fixed(tf.norm(z, 'euclidean', 1, true))) as tf.Tensor2D;
      return tf.matMul(u, u, false, true);
    };
    const text = said('similarities', fixedLengths);
    expect(text).toContain('the gradient is not');
    expect(text).toMatch(/slope in view \d, image \d, component \d/);
    expect(
      said('negatives', (z1: tf.Tensor2D, z2: tf.Tensor2D, t: number) => {
        const mask = tf.sub(1, tf.tile(tf.eye(z1.shape[0]), [2, 2]));
        return tf.sum(tf.mul(tf.exp(tf.div(fixedLengths(z1, z2, t) as tf.Tensor, t)), mask), 1);
      }),
    ).toContain("No gradient flows through the rows' lengths");
  });
});

test('a solution that overflows is right, and told of it', () => {
  const note = lesson().check('infonce', masked.infonce);
  expect(note.text).toContain('at a temperature of 0.005 yours gives');
  expect(lesson().check('infonce', solutions.stable.infonce).text).not.toContain('0.005');
});

test('values are read in the order of rows', () => {
  const [batch] = exerciseBatches(1);
  const exercise = exercises[0]!;
  expect(valuesOf(exercise, masked.similarities, batch!)).toHaveLength(36);
});
