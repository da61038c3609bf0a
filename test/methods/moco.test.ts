import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { dcl } from '../../src/losses/index.js';
import { type Learner, type MocoOptions, moco, scheduledMomentum } from '../../src/methods/index.js';
import { keepingStatistics } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { lossNames, queueExponents, unit } from '../losses/reference.js';
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
  valuesOf,
  viewsOf,
} from './small-learner.js';

const started = (options: Partial<MocoOptions> = {}) =>
  moco({ loss: dcl(), head, queueSize: 6, ...options }).start(smallEncoder(), 1);

const trainedValues = (model: tf.LayersModel) =>
  model.trainableWeights.map((weight) => [...weight.read().dataSync()]);

/** The trained weights of the key models, and of the models that they follow. */
const keysOf = ({ models }: Learner) =>
  [models.keyEncoder!, models.keyProjection!].map((model) => trainedValues(model)).flat(2);
const queriesOf = ({ models }: Learner) =>
  [models.encoder!, models.projection!].map((model) => trainedValues(model)).flat(2);

beforeAll(useAnyEngine);

describe("MoCo's key encoder", () => {
  test('begins as a copy of the encoder and its head', () => {
    const { encoder, projection, keyEncoder, keyProjection } = started().models;
    expect(valuesOf(keyEncoder!)).toEqual(valuesOf(encoder!));
    expect(valuesOf(keyProjection!)).toEqual(valuesOf(projection!));
  });

  test('gets no gradient', () => {
    const learner = started();
    const { models, trained, embed, compare } = learner;
    expect(trained).toEqual([models.encoder, models.projection]);
    const loss = () => compare(embed(viewsOf(6, 6))).loss;
    const gradientsOf = (model: tf.LayersModel) =>
      tf.variableGrads(
        loss,
        model.trainableWeights.map((weight) => weight.read() as tf.Variable),
      );
    expect(() => gradientsOf(models.projection!)).not.toThrow();
    for (const model of [models.keyEncoder!, models.keyProjection!]) {
      expect(() => gradientsOf(model)).toThrow('Cannot find a connection');
    }
  });

  test('keeps its momentum of itself', async () => {
    const learner = started({ keyMomentum: 0.9 });
    const before = keysOf(learner);
    await stepOf(learner);
    const [keys, queries] = [keysOf(learner), queriesOf(learner)];
    expect(queries).not.toEqual(before);
    for (const [i, key] of keys.entries()) expect(key).toBeCloseTo(0.9 * before[i]! + 0.1 * queries[i]!, 5);
  });

  test('never moves at momentum 1, and is the query encoder after each step at 0', async () => {
    const [still, following] = [started({ keyMomentum: 1 }), started({ keyMomentum: 0 })];
    const before = keysOf(still);
    for (let step = 1; step <= 3; step++) {
      await stepOf(still);
      await stepOf(following);
      expect(keysOf(still)).toEqual(before);
      expect(keysOf(following)).toEqual(queriesOf(following));
    }
  });

  test("takes its momentum from the step's place in the run under the cosine schedule", async () => {
    const learner = started({ keyMomentum: 0.6, keyMomentumSchedule: 'cosine' });
    const before = keysOf(learner);
    await stepOf(learner, { progress: 0.25 });
    const kept = 1 - (0.4 * (1 + Math.SQRT1_2)) / 2;
    const [keys, queries] = [keysOf(learner), queriesOf(learner)];
    for (const [i, key] of keys.entries()) {
      expect(key).toBeCloseTo(kept * before[i]! + (1 - kept) * queries[i]!, 5);
    }
  });

  test('moves its moving statistics by each batch of keys, and not towards those of the queries', async () => {
    const learner = started({ keyMomentum: 0 });
    const { encoder, keyEncoder } = learner.models;
    const [view1, view2] = viewsOf(6, 6);
    const expected = smallEncoder();
    expected.apply(view2!, { training: true });
    learner.embed([view1!, view2!]);
    const stem = (model: tf.LayersModel) =>
      model.getLayer('stem.norm').nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);
    // Before any batch norm the two networks are the same.
    for (const [i, values] of stem(expected).entries())
      for (const [c, value] of values.entries()) expect(stem(keyEncoder!)[i]![c]).toBeCloseTo(value, 6);
    expect(stem(keyEncoder!)).not.toEqual(stem(encoder!));
  });

  test("gives keys that do not depend on the batch's other images", () => {
    const { embed, models } = started();
    const [view1, view2] = viewsOf(6, 6);
    const others = tf.concat([tf.slice(view2!, 0, 1), tf.slice(view1!, 0, 3)]);
    const keysFor = (images: tf.Tensor4D) =>
      keepingStatistics(Object.values(models), () => embed([view1!, images]).constant[0]!.arraySync());
    const [one, other] = [keysFor(view2!), keysFor(others as tf.Tensor4D)];
    expect(other![0]).toEqual(one![0]);
    expect(other![1]).not.toEqual(one![1]);
    for (const key of one!) expect(Math.hypot(...key)).toBeCloseTo(1, 5);
  });
});

describe("MoCo's momentum", () => {
  const momentum = (first: number, schedule: 'constant' | 'cosine', progress: number) =>
    tf.tidy(() => scheduledMomentum(first, schedule, tf.scalar(progress)).arraySync());
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  test('rises by half a cosine to 1, or stays', () =>
    fc.assert(
      fc.property(share, share, (first, progress) => {
        const expected = 1 - ((1 - first) * (1 + Math.cos(Math.PI * progress))) / 2;
        expect(momentum(first, 'cosine', progress)).toBeCloseTo(expected, 6);
        expect(momentum(first, 'constant', progress)).toBeCloseTo(first, 6);
      }),
    ));

  test('begins at its first value, is halfway at half the run, and ends at 1', () => {
    for (const [progress, expected] of [
      [0, 0.9],
      [0.5, 0.95],
      [1, 1],
    ] as const) {
      expect(momentum(0.9, 'cosine', progress)).toBeCloseTo(expected, 6);
    }
  });
});

describe("MoCo's loss", () => {
  test.each(lossNames)('compares every query, small crops included, with its key and the queue: %s', (name) =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), embeddedViews(4), (crops, [keys, ...all]) => {
        const queries = all.slice(0, 1 + crops);
        const learner = started({ loss: lossOf(name) });
        const embedded = { trained: queries.map(tensor), constant: [tensor(keys!.map(unit))] };
        const anchors = queries.flatMap((rows) => queueExponents(rows, keys!, queueOf(learner), temperature));
        expectResult(learner.compare(embedded), name, anchors);
      }),
      { numRuns: 10 },
    ),
  );

  test('has a query for view 1 and for each crop, and a key for view 2', () => {
    const { embed } = started();
    const { trained, constant } = embed(viewsOf(6, 6, 4, 4));
    expect(trained.map(({ shape }) => shape)).toEqual(Array(3).fill([4, 3]));
    expect(constant.map(({ shape }) => shape)).toEqual([[4, 3]]);
  });
});

test("MoCo's queue takes the keys after the step", async () => {
  const [learner, beside] = [started(), started()];
  const [keys] = beside.embed(viewsOf(6, 6)).constant;
  const before = queueOf(learner);
  await stepOf(learner);
  expect(queueOf(learner)).toEqual([...(keys!.arraySync() as number[][]), ...before.slice(0, 2)]);
});

describe('moco', () => {
  test.each([
    [{ queueSize: 0 }, 'queueSize is 0'],
    [{ queueSize: 1.5 }, 'queueSize is 1.5'],
    [{ keyMomentum: -0.1 }, 'keyMomentum is -0.1'],
    [{ keyMomentum: 1.1 }, 'keyMomentum is 1.1'],
    [{ keyMomentum: Number.NaN }, 'keyMomentum is NaN'],
    [
      { keyMomentumSchedule: 'linear' as 'cosine' },
      "keyMomentumSchedule is 'linear'; choose constant, cosine",
    ],
  ])('refuses %o', (options, message) => {
    const run = () => moco({ loss: dcl(), ...options });
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });

  test('refuses to start with a head or an encoder that give no vectors', () => {
    expect(() => started({ head: { outputFeatures: 0 } })).toThrow('outputFeatures is 0');
    const maps = tf.sequential({
      layers: [tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3 })],
    });
    expect(() => moco({ loss: dcl() }).start(maps, 1)).toThrow('one vector per image is needed');
  });
});
