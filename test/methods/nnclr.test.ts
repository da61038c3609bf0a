import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { dcl, normalise } from '../../src/losses/index.js';
import { applyModels, type NnclrOptions, nnclr } from '../../src/methods/index.js';
import { keepingStatistics } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { crossExponents, lossNames, type Rows, unit } from '../losses/reference.js';
import { smallEncoder } from '../train/small-run.js';
import {
  embeddedViews,
  expectResult,
  head,
  lossOf,
  queueOf,
  stepOf,
  temperature,
  tensor,
  viewsOf,
} from './small-learner.js';

const started = (options: Partial<NnclrOptions> = {}) =>
  nnclr({ loss: dcl(), head, queueSize: 6, ...options }).start(smallEncoder(), 1);

/** The row with the largest dot product, one row after the other. */
function nearest(row: readonly number[], support: Rows): readonly number[] {
  const closeness = support.map((other) => other.reduce((sum, x, c) => sum + x * row[c]!, 0));
  return support[closeness.indexOf(Math.max(...closeness))]!;
}

beforeAll(useAnyEngine);

describe("NNCLR's loss", () => {
  test.each(lossNames)("compares each view's nearest rows of the queue with the other views: %s", (name) =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), embeddedViews(6), (crops, [z1, z2, ...all]) => {
        const predictions = all.slice(0, 2 + crops);
        const learner = started({ loss: lossOf(name) });
        const support = queueOf(learner);
        const constant = [z1!, z2!].map((z) => tensor(z.map(unit)));
        const anchors = [z1!, z2!].flatMap((z, view) => {
          const neighbours = z.map((row) => nearest(row, support));
          const others = predictions.filter((_, other) => other !== view);
          return others.flatMap((other) => crossExponents(neighbours, other, temperature));
        });
        expectResult(learner.compare({ trained: predictions.map(tensor), constant }), name, anchors);
      }),
      { numRuns: 10 },
    ),
  );

  test('has no gradient through the neighbours, only through the predictions', () => {
    const { embed, compare } = started();
    const { trained, constant } = embed(viewsOf(6, 6));
    const throughPredictions = tf.grads((...z) => compare({ trained: z as tf.Tensor2D[], constant }).loss);
    for (const slopes of throughPredictions(trained as tf.Tensor2D[])) {
      expect(slopes.abs().sum().arraySync()).toBeGreaterThan(0);
    }
    const throughEmbeddings = tf.grads((...z) => compare({ trained, constant: z as tf.Tensor2D[] }).loss);
    expect(() => throughEmbeddings(constant as tf.Tensor2D[])).toThrow('Cannot compute gradient');
  });
});

describe("NNCLR's embeddings", () => {
  test('are unit vectors of the two views, which carry no gradient to the weights', () => {
    const { models, trained, embed } = started();
    const { encoder, projection } = models;
    const views = viewsOf(6, 6, 4);
    const expected = keepingStatistics([encoder!, projection!], () =>
      applyModels([encoder!, projection!], views, { training: true }).slice(0, 2).map(normalise),
    );
    const { constant } = embed(views);
    expect(constant.map((z) => z.arraySync())).toEqual(expected.map((z) => z.arraySync()));
    const weights = trained.flatMap((model) =>
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    const sum = () => tf.sum(embed(views).constant[0]!) as tf.Scalar;
    expect(() => tf.variableGrads(sum, weights)).toThrow('Cannot find a connection');
  });

  test('of view 1 enter the queue after the step', async () => {
    const [learner, beside] = [started(), started()];
    const [embeddings] = beside.embed(viewsOf(6, 6)).constant;
    const before = queueOf(learner);
    await stepOf(learner);
    expect(queueOf(learner)).toEqual([...(embeddings!.arraySync() as number[][]), ...before.slice(0, 2)]);
  });

  test('come with a prediction of each view and of each crop', () => {
    const { trained, constant } = started().embed(viewsOf(6, 6, 4, 4));
    expect(trained.map(({ shape }) => shape)).toEqual(Array(4).fill([4, 3]));
    expect(constant.map(({ shape }) => shape)).toEqual(Array(2).fill([4, 3]));
  });
});

describe('nnclr', () => {
  test.each(['queueSize', 'predictionFeatures'])('refuses %s that are no whole number above 0', (option) => {
    for (const value of [0, 1.5]) {
      const run = () => nnclr({ loss: dcl(), [option]: value });
      expect(run).toThrow(InputError);
      expect(run).toThrow(`${option} is ${value}`);
    }
  });

  test('refuses to start with a head that has no features', () => {
    expect(() => started({ head: { outputFeatures: 0 } })).toThrow('outputFeatures is 0');
  });
});
