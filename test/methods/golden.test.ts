import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { byName as lossByName } from '../../src/losses/index.js';
import { type Learner, type Method, moco, nnclr } from '../../src/methods/index.js';
import { resnet8 } from '../../src/models/index.js';
import { batchGradients, images } from '../../src/train/batch-gradients.js';
import { sgd } from '../../src/train/index.js';
import { TrainingStep } from '../../src/train/training-step.js';
import { useAnyEngine } from '../engines.js';
import golden from '../golden/methods.json' with { type: 'json' };
import { chirp, digest, placeWeights } from '../models/chirp.js';

const [height, width, channels] = golden.shape as [number, number, number];
const shapes = [golden.shape, golden.shape] as unknown as [number, number, number][];
const views = golden.viewPhases.map((phase) =>
  chirp([golden.images, height, width, channels], phase).dataSync<'float32'>(),
) as [Float32Array, Float32Array];

function methodOf(method: string, lossName: string): Method {
  const { temperature, sigma, queueSize, keyMomentum } = golden;
  const loss = lossByName(lossName, { temperature, ...(lossName === 'dclw' && { sigma }) });
  const { hiddenFeatures, outputFeatures } = golden.moco;
  const shared = { loss, head: { hiddenFeatures, outputFeatures }, queueSize };
  if (method === 'moco') return moco({ ...shared, head: { ...shared.head, batchNorm: 'none' }, keyMomentum });
  return nnclr({ ...shared, predictionFeatures: golden.nnclr.predictionHiddenFeatures });
}

/** The learner with the weights, the moving statistics and the queue of test/golden/methods.py. */
function started(method: string, lossName: string): Learner {
  const encoder = resnet8({ width: golden.encoderWidth, inputShape: [height, width, channels] });
  const learner = methodOf(method, lossName).start(encoder, 1);
  for (const [name, phase] of Object.entries(golden.firstPhases)) {
    if (!Object.hasOwn(learner.models, name)) continue;
    placeWeights(learner.models[name]!, phase);
    const copy = learner.models[`key${name[0]!.toUpperCase()}${name.slice(1)}`];
    if (copy !== undefined) placeBeside(copy, learner.models[name]!, phase);
  }
  const rows = chirp([golden.queueSize, golden.moco.outputFeatures], golden.queuePhase);
  learner.memory.queue!.assign(tf.div(rows, tf.norm(rows, 2, 1, true)));
  return learner;
}

/** Weights near those of the model, and moving statistics of no batch. */
function placeBeside(copy: tf.LayersModel, model: tf.LayersModel, firstPhase: number): void {
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  const names = layers.map(({ name }) => name).sort();
  for (const layer of layers) {
    const phase = firstPhase + names.indexOf(layer.name);
    const trained = layer.trainableWeights.map((weight) =>
      tf.add(weight.read(), tf.mul(0.05, chirp(weight.shape as number[], phase + 20))),
    );
    const statistics = layer.nonTrainableWeights.map((weight, i) => {
      const shape = weight.shape as number[];
      return i === 0 ? tf.mul(0.1, chirp(shape, phase + 1)) : tf.add(1, tf.mul(0.2, chirp(shape, phase + 2)));
    });
    copy.getLayer(layer.name).setWeights([...trained, ...statistics]);
  }
}

/** A digest of every weight of the models, by model and weight. */
function digests(
  models: Learner['models'],
  of: (model: tf.LayersModel) => tf.LayersModel['weights'],
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(models).flatMap(([name, model]) =>
      of(model).map((weight) => [`${name}/${weight.originalName}`, digest(weight.read())]),
    ),
  );
}

/** Equal names, and values that differ by less than the share of the largest. */
function expectClose(
  actual: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
  share = 1e-4,
): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  const scale = Math.max(...Object.values(expected).map(Math.abs));
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs(actual[name]! - value) / scale, name).toBeLessThan(share);
  }
}

beforeAll(useAnyEngine);

describe.each(golden.steps)('one step of $method with $loss, as PyTorch makes it', (expected) => {
  const learner = () => started(expected.method, expected.loss);

  test('has its loss, its q and its gradients', () => {
    const model = learner();
    const named = Object.entries(model.models).filter(([, one]) => model.trained.includes(one));
    const weights = named.flatMap(([name, one]) =>
      one.trainableWeights.map((weight) => ({
        name: `${name}/${weight.originalName}`,
        variable: weight.read() as tf.Variable,
      })),
    );
    const variables = weights.map(({ variable }) => variable);
    const batch = batchGradients({ learner: model, weights: variables, shapes }, images(views, shapes));
    expect(batch.loss.arraySync()).toBeCloseTo(expected.value, 4);
    for (const [i, q] of batch.multiplier.dataSync().entries())
      expect(q).toBeCloseTo(expected.multiplier[i]!, 4);
    expect(batch.multiplier.size).toBe(expected.multiplier.length);
    const gradients = weights.map(({ name }, i) => [name, digest(batch.gradients[i]!)]);
    expectClose(Object.fromEntries(gradients), expected.gradients);
  });

  test('leaves its weights, statistics, momentum weights and queue', async () => {
    const model = learner();
    const { momentum, weightDecay, learningRate } = golden;
    const step = new TrainingStep(model, shapes, sgd({ momentum, weightDecay }));
    await step.run(views, { learningRate, progress: 0.5 });
    const trained = Object.fromEntries(
      Object.entries(model.models).filter(([, one]) => model.trained.includes(one)),
    );
    expectClose(
      digests(trained, (one) => one.trainableWeights),
      expected.weightsAfter,
    );
    expectClose(
      digests(trained, (one) => one.nonTrainableWeights),
      expected.statisticsAfter,
    );
    const { keyEncoder, keyProjection } = model.models;
    if (keyEncoder !== undefined && keyProjection !== undefined) {
      expectClose(
        digests({ keyEncoder, keyProjection }, (one) => one.weights),
        expected.keyAfter!,
      );
    }
    const queue = model.memory.queue!.arraySync() as number[][];
    for (const [i, row] of expected.queueAfter.entries())
      for (const [k, value] of row.entries()) expect(queue[i]![k]).toBeCloseTo(value, 4);
  });
});
