import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Views } from '../../src/data/index.js';
import * as engine from '../../src/engine/index.js';
import type { Method } from '../../src/methods/index.js';
import { batchGradients, images as tensors } from '../../src/train/batch-gradients.js';
import { readCheckpoint } from '../../src/train/checkpoint.js';
import { lars, readRunSettings, sgd } from '../../src/train/index.js';
import { checkpointFile } from '../../src/train/run-files.js';
import { TrainingStep } from '../../src/train/training-step.js';
import { engines, useAnyEngine } from '../engines.js';
import { eachWithAFolder, leaveAt } from './run-in-folder.js';
import { eventsOf, losses, smallEncoder, smallMethods, smallRun } from './small-run.js';

const shape = [6, 6, 1] as const;
const shapes = [shape, shape];
const count = 3;

/** Batches of four images each, all different. */
const batches: readonly Views[] = Array.from(
  { length: count },
  (_, batch) =>
    [1, 2].map((view) =>
      Float32Array.from({ length: 4 * 36 }, (_, n) => 0.5 + 0.5 * Math.sin(0.37 * n * n + view + 7 * batch)),
    ) as unknown as Views,
);

async function* drawn() {
  for (const views of batches) yield { views };
}

function modelOf(method: Method) {
  const learner = method.start(smallEncoder(4), 1);
  const weights = learner.trained.flatMap((model) =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  return { learner, weights, shapes };
}

/** Each batch's gradients, loss, q and keys by themselves, one batch after the other from the same weights. */
function oneByOne(method: Method) {
  const model = modelOf(method);
  return batches.map((views) =>
    tf.tidy(() => {
      const { gradients, loss, multiplier, constant } = batchGradients(model, tensors(views, shapes));
      return {
        gradients: gradients.map((gradient) => [...gradient.dataSync()]),
        loss: loss.dataSync()[0]!,
        multiplier: [...multiplier.dataSync()],
        constant: constant.map((z) => z.arraySync()),
      };
    }),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('from the second step on nothing is compiled, and no more is recorded than the update', async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
  const { learner } = modelOf(smallMethods[1]!);
  const step = new TrainingStep(learner, shapes, sgd());
  const recorded = async () => {
    const before = engine.statistics();
    await step.runAccumulated(drawn(), count, { learningRate: 0.1, progress: 1 });
    const { compilations, nodesRecorded } = engine.statistics();
    return [compilations - before.compilations, nodesRecorded - before.nodesRecorded];
  };
  await recorded();
  const second = await recorded();
  expect(second[0]).toBe(0);
  expect(await recorded()).toEqual(second);
});

describe.each(engines)('on the engine %s', (name) => {
  beforeAll(async () => {
    await engine.use({ name, threads: 1 });
  });

  test.each(smallMethods)(
    'a step of $name moves the weights by the mean of the gradients of each batch',
    async (method) => {
      const [model, expected] = [modelOf(method), oneByOne(method)];
      const before = model.weights.map((weight) => [...weight.dataSync()]);
      const step = new TrainingStep(model.learner, shapes, sgd({ momentum: 0, weightDecay: 0 }));
      const place = { learningRate: 0.5, progress: 1 };
      const { loss, multiplier } = await step.runAccumulated(drawn(), count, place);
      expect(loss).toBeCloseTo(mean(expected.map((each) => each.loss)), 5);
      expect([...multiplier]).toEqual(
        expected.flatMap((each) => each.multiplier.map((q) => expect.closeTo(q, 5))),
      );
      for (const [i, weight] of model.weights.entries()) {
        for (const [n, value] of weight.dataSync().entries()) {
          const gradient = mean(expected.map((each) => each.gradients[i]![n]!));
          expect(value).toBeCloseTo(before[i]![n]! - 0.5 * gradient, 5);
        }
      }
      const { queue } = model.learner.memory;
      if (queue === undefined) return;
      // The latest batch's embeddings are the first.
      const entered = expected.reverse().flatMap((each) => each.constant[0] as number[][]);
      expect(queue.arraySync()).toEqual(
        entered.slice(0, queue.shape[0]).map((row) => row.map((value) => expect.closeTo(value, 5))),
      );
    },
  );
});

const path = eachWithAFolder();

describe('a run that accumulates', () => {
  beforeAll(useAnyEngine);

  test('warns that this adds no negatives, and takes a step for as many batches', async () => {
    const events = await eventsOf(smallRun({ accumulate: 3 }));
    expect(events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
      ...['start', 'warning', 'step', 'epoch', 'step', 'epoch', 'end'],
    ]);
    expect(events[0]).toMatchObject({ totalSteps: 2, stepsPerEpoch: 1 });
    expect(events[1]).toMatchObject({
      message: expect.stringMatching(/3 batches of 4 .*no more negatives.*chunkSize \(gradient caching\)/),
    });
    const step = events.find((event) => event.type === 'step')!;
    expect(step.multiplier.histogram.reduce((sum, n) => sum + n, 0)).toBe(3 * 8);
  });

  test('begins with the mean loss of the batches that a run without would see', async () => {
    const firstEpoch = async (options: Parameters<typeof smallRun>[0]) =>
      losses(await eventsOf(smallRun({ ...options, encoder: smallEncoder(4), epochs: 1 })));
    const [first] = await firstEpoch({ accumulate: 3 });
    const each = await firstEpoch({ learningRate: 1e-12 });
    expect(first).toBeCloseTo(mean(each), 4);
  });

  test('has a learning rate that follows all images of a step', async () => {
    const rateOf = async (options: Parameters<typeof smallRun>[0]) => {
      const events = await eventsOf(smallRun({ ...options, epochs: 1 }));
      return events.find((event) => event.type === 'step')!.learningRate;
    };
    const learningRate = { base: 0.256, scaling: 'linear' } as const;
    expect(await rateOf({ learningRate, accumulate: 3 })).toBeCloseTo(0.012, 12);
    expect(await rateOf({ learningRate })).toBeCloseTo(0.004, 12);
  });

  test.each(smallMethods)('and was left in between resumes exactly, with $name', async (method) => {
    const options = { method, batchSize: 2, accumulate: 3, optimiser: lars({ form: 'google' }) };
    const [folder, whole] = [path(), join(path(), '..', 'whole')];
    const expected = await eventsOf(smallRun({ ...options, checkpoint: whole }));
    await leaveAt(1, folder, options);
    const resumed = await eventsOf(smallRun({ ...options, checkpoint: folder, existing: 'resume' }));
    expect(losses(resumed)).toEqual(losses(expected).slice(1));
    const last = checkpointFile(losses(expected).length);
    const [ours, theirs] = [folder, whole].map((run) => readCheckpoint(join(run, last)));
    expect((await ours!).tensors).toEqual((await theirs!).tensors);
    expect(await readRunSettings(folder)).toMatchObject({
      gradientAccumulation: { batches: 3, batchNorm: 'of each batch' },
      optimiser: { name: 'lars', form: 'google', trustCoefficient: 0.001 },
    });
  });

  test('leaves nothing in memory but the encoder', async () => {
    const encoder = smallEncoder();
    const before = tf.memory().numTensors;
    await eventsOf(smallRun({ encoder, accumulate: 3, method: smallMethods[1]! }));
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [{ accumulate: 0 }, 'accumulate is 0'],
    [{ accumulate: 1.5 }, 'accumulate is 1.5'],
    [{ accumulate: 4 }, 'accumulate is 4, but 4 batches of 4 are more than the 12 images of noise'],
    [{ accumulate: 3, chunkSize: 2 }, 'accumulate is 3 and chunkSize 2: give chunkSize alone'],
  ])('is refused with %o', (options, message) => {
    expect(() => smallRun(options)).toThrow(message);
  });
});
