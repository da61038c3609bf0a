import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { pixelsOf, stepsOf } from '../methods/small-learner.js';
import { smallEncoder, smallMethods } from './small-run.js';

const views = () => pixelsOf(6, 6);
const place = { learningRate: 0.01, progress: 0.5 };

describe.each(smallMethods)('a step of $name', (method) => {
  const started = () => stepsOf(method.start(smallEncoder(), 1));

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
