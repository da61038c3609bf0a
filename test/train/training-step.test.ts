import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { lars, sgd } from '../../src/train/index.js';
import { pixelsOf, stepsOf } from '../methods/small-learner.js';
import { smallEncoder, smallMethods } from './small-run.js';

const views = () => pixelsOf(6, 6);
const place = { learningRate: 0.01, progress: 0.5 };

const steps = [
  ...smallMethods.map((method) => ({ method, optimiser: sgd() })),
  { method: smallMethods[0]!, optimiser: lars({ form: 'google' }) },
  { method: smallMethods[1]!, optimiser: lars({ form: 'pytorch', clip: true }) },
];

describe.each(steps)('a step of $method.name with $optimiser.name', ({ method, optimiser }) => {
  const started = () => stepsOf(method.start(smallEncoder(), 1), optimiser);

  beforeAll(async () => {
    await engine.use({ name: 'onnxruntime', threads: 1 });
  });

  test('is compiled once, recorded twice, and from then on replayed', async () => {
    const step = started();
    await step.run(views(), place);
    const { compilations } = engine.statistics();
    await step.run(views(), place);
    const { nodesRecorded } = engine.statistics();
    await step.run(views(), place);
    expect(engine.statistics()).toMatchObject({ compilations, nodesRecorded });
  });

  test('computes nothing in plain JavaScript', async () => {
    const before = engine.statistics().plainKernels;
    await started().run(views(), place);
    expect(engine.statistics().plainKernels).toEqual(before);
  });

  test('leaves the number of tensors flat', async () => {
    const step = started();
    await step.run(views(), place);
    const { numTensors, numBytes } = tf.memory();
    await step.run(views(), place);
    await step.run(views(), place);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });
});

test('LARS excludes the biases, gammas and betas of all trained models, and nothing else', async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
  const learner = smallMethods[0]!.start(smallEncoder(), 1);
  const weights = learner.trained.flatMap((model) =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  const before = weights.map((weight) => norm(weight.dataSync()));
  const optimiser = lars({ momentum: 0, weightDecay: 0, trustCoefficient: 0.25 });
  const step = stepsOf(learner, optimiser);
  const start = weights.map((weight) => weight.clone());
  await step.run(views(), { learningRate: 0.1, progress: 1 });
  for (const [i, weight] of weights.entries()) {
    const moved = norm(tf.sub(weight, start[i]!).dataSync());
    const adapted = Math.abs(moved - 0.1 * 0.25 * before[i]!) < 1e-4 * before[i]!;
    expect(adapted).toBe(weight.rank > 1);
  }
});

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
