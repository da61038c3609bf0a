import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Views } from '../../src/data/index.js';
import * as engine from '../../src/engine/index.js';
import { byName, names } from '../../src/losses/index.js';
import { type Learner, moco } from '../../src/methods/index.js';
import { multiplier } from '../../src/npc/index.js';
import {
  batchGradients,
  type Differentiable,
  stateOf,
  images as tensors,
} from '../../src/train/batch-gradients.js';
import { GradientCache } from '../../src/train/gradient-cache.js';
import { sgd } from '../../src/train/index.js';
import { TrainingStep } from '../../src/train/training-step.js';
import { engines } from '../engines.js';
import { smallEncoder, smallMethods } from './small-run.js';

const shape = [6, 6, 1] as const;
const shapes = [shape, shape];
const size = 36;
const images = 12;

/** Twelve images' views, all different. */
const views = [1, 2].map((seed) =>
  Float32Array.from({ length: images * size }, (_, n) => 0.5 + 0.5 * Math.sin(0.37 * n * n + seed + n)),
) as unknown as Views;

/** The batch as chunks, drawn anew whenever it is called. */
const inChunks = (chunkSize: number) =>
  async function* () {
    for (let row = 0; row < images; row += chunkSize) {
      const part = (view: Float32Array) => view.slice(row * size, (row + chunkSize) * size);
      yield { views: [part(views[0]), part(views[1])] as const };
    }
  };

/** Convolutions and a linear layer, without batch norm. */
function plainEncoder(): tf.LayersModel {
  const input = tf.input({ shape: [...shape] });
  const convolve = (filters: number, seed: number) =>
    tf.layers.conv2d({
      filters,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: tf.initializers.heNormal({ seed }),
    });
  const pooled = tf.layers
    .globalAveragePooling2d({})
    .apply(convolve(6, 2).apply(convolve(4, 1).apply(input)));
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 3 });
  const output = tf.layers.dense({ units: 5, kernelInitializer }).apply(pooled) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

/** An encoder alone under a loss; `training` says how batch norm takes it. */
function learnerOf(encoder: tf.LayersModel, lossName: string, training: boolean): Learner {
  const loss = byName(lossName, { temperature: 0.3 });
  return {
    models: { encoder },
    trained: [encoder],
    memory: {},
    embed: (views) => ({
      trained: tf.split(encoder.apply(tf.concat([...views]), { training }) as tf.Tensor2D, 2),
      constant: [],
    }),
    compare: ({ trained: [z1, z2] }) => ({
      loss: loss(z1!, z2!),
      multiplier: multiplier(z1!, z2!, { temperature: 0.3 }),
    }),
    update() {},
  };
}

function mocoWithoutBatchNorm(): Learner {
  const method = moco({
    loss: byName('dcl'),
    head: { outputFeatures: 3, batchNorm: 'none' },
    queueSize: 7,
    keyMomentum: 0.8,
  });
  return method.start(plainEncoder(), 1);
}

function differentiable(learner: Learner): Differentiable {
  const weights = learner.trained.flatMap((model) =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  return { learner, weights, shapes };
}

interface Numbers {
  readonly loss: number;
  readonly multiplier: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

function numbersOf(batch: ReturnType<typeof batchGradients>): Numbers {
  const numbers: Numbers = {
    loss: batch.loss.dataSync()[0]!,
    multiplier: [...batch.multiplier.dataSync()],
    gradients: batch.gradients.map((gradient) => [...gradient.dataSync()]),
  };
  tf.dispose([batch.loss, batch.multiplier]);
  return numbers;
}

function direct(model: Differentiable): Numbers {
  const numbers: Numbers[] = [];
  tf.tidy(() => {
    const batch = batchGradients(model, tensors(views, shapes));
    numbers.push(numbersOf(batch));
  });
  return numbers[0]!;
}
async function cached(model: Differentiable, chunkSize: number): Promise<Numbers> {
  const cache = new GradientCache(model);
  const numbers = numbersOf(await cache.gradients(inChunks(chunkSize)));
  cache.dispose();
  return numbers;
}

/** Everything agrees to 1e-5, gradients relative to the largest of each weight. */
function expectEqual(actual: Numbers, expected: Numbers) {
  expect(actual.loss).toBeCloseTo(expected.loss, 5);
  for (const [i, q] of expected.multiplier.entries()) expect(actual.multiplier[i]).toBeCloseTo(q, 5);
  for (const [k, gradient] of expected.gradients.entries()) {
    const scale = Math.max(...gradient.map(Math.abs), 1e-3);
    for (const [i, value] of gradient.entries()) {
      expect(Math.abs(actual.gradients[k]![i]! - value) / scale).toBeLessThan(1e-5);
    }
  }
}

const statisticsOf = (model: tf.LayersModel) =>
  model.nonTrainableWeights.map((weight) => [...weight.read().dataSync()]);

describe.each(engines)('gradients of a GradientCache on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe.each(names)('for %s', (lossName) => {
    test.each([2, 3, 4, 6, 12])(
      'equal the direct ones without batch norm, in chunks of %i',
      async (chunkSize) => {
        const model = differentiable(learnerOf(plainEncoder(), lossName, true));
        expectEqual(await cached(model, chunkSize), direct(model));
      },
    );
  });

  test('equal the direct ones of a residual network with batch norm in inference mode', async () => {
    const encoder = smallEncoder(4);
    // Statistics that are none of the batch's, as a trained encoder's.
    tf.tidy(() => {
      for (const weight of encoder.nonTrainableWeights) {
        weight.write(tf.add(0.5, tf.mul(0.1, tf.range(0, weight.shape[0]!))));
      }
    });
    const model = differentiable(learnerOf(encoder, 'dcl', false));
    expectEqual(await cached(model, 3), direct(model));
  });

  test.each(smallMethods)(
    'equal the direct ones of $name with batch norm too where the chunk is the batch',
    async (method) => {
      const [whole, alone] = [method.start(smallEncoder(4), 1), method.start(smallEncoder(4), 1)];
      const expected = direct(differentiable(whole));
      expectEqual(await cached(differentiable(alone), images), expected);
      for (const [name, model] of Object.entries(whole.models)) {
        expect(statisticsOf(alone.models[name]!)).toEqual(statisticsOf(model));
      }
    },
  );

  test.each([2, 3, 6])(
    'equal the direct ones of moco without batch norm, in chunks of %i',
    async (chunkSize) => {
      const model = differentiable(mocoWithoutBatchNorm());
      expectEqual(await cached(model, chunkSize), direct(model));
    },
  );

  test('are those of a network that normalises each chunk by itself and moves its statistics once for each', async () => {
    const [ghost, encoder] = [smallEncoder(4), smallEncoder(4)];
    const plain = learnerOf(ghost, 'dcl', true);
    const chunkwise: Learner = {
      ...plain,
      embed(views) {
        const parts = [0, 4, 8].map((row) => {
          const part = (view: tf.Tensor4D) => tf.slice(view, [row, 0, 0, 0], [4, ...shape]);
          return plain.embed(views.map(part)).trained;
        });
        return { trained: [0, 1].map((k) => tf.concat(parts.map((part) => part[k]!))), constant: [] };
      },
    };
    const expected = direct(differentiable(chunkwise));
    const actual = await cached(differentiable(learnerOf(encoder, 'dcl', true)), 4);
    expectEqual(actual, expected);
    for (const [i, values] of statisticsOf(ghost).entries()) {
      for (const [c, value] of values.entries()) expect(statisticsOf(encoder)[i]![c]).toBeCloseTo(value, 5);
    }
    const together = direct(differentiable(learnerOf(smallEncoder(4), 'dcl', true)));
    expect(Math.abs(together.loss - actual.loss)).toBeGreaterThan(1e-3);
  });
});

const trainingStep = (learner: Learner) => new TrainingStep(learner, shapes, sgd());

/** Two steps on the whole batch and two in chunks leave the same weights of all models, and the same queue. */
async function expectSameSteps(whole: Learner, alone: Learner, chunkSize: number): Promise<void> {
  const [direct, chunked] = [trainingStep(whole), trainingStep(alone)];
  for (const place of [
    { learningRate: 0.1, progress: 0.5 },
    { learningRate: 0.05, progress: 1 },
  ]) {
    const expected = await direct.run(views, place);
    const actual = await chunked.runInChunks(inChunks(chunkSize), place);
    expect(actual.loss).toBeCloseTo(expected.loss, 4);
  }
  const values = (learner: Learner) => stateOf(learner).flatMap((variable) => [...variable.dataSync()]);
  const actual = values(alone);
  for (const [i, value] of values(whole).entries()) expect(actual[i]).toBeCloseTo(value, 4);
}

test('a step of moco in chunks without batch norm leaves what a step on the whole batch does', async () => {
  await engine.use({ name: 'onnxruntime', threads: 1 });
  await expectSameSteps(mocoWithoutBatchNorm(), mocoWithoutBatchNorm(), 3);
});

describe.each(smallMethods)('a step of $name in chunks', (method) => {
  const started = () => method.start(smallEncoder(4), 1);
  const step = () => trainingStep(started());

  beforeAll(async () => {
    await engine.use({ name: 'onnxruntime', threads: 1 });
  });

  test('leaves what a step on the whole batch does, where the chunk is the batch', async () => {
    await expectSameSteps(started(), started(), images);
  });

  test('is compiled once for all its chunks, and not again in later steps', async () => {
    const training = step();
    const { compilations } = engine.statistics();
    await training.runInChunks(inChunks(2), { learningRate: 0.1, progress: 0.5 });
    const first = engine.statistics().compilations;
    // What making the models left to compute, then embedding, loss, backward pass and update.
    expect(first - compilations).toBeLessThanOrEqual(5);
    await training.runInChunks(inChunks(2), { learningRate: 0.05, progress: 0.5 });
    expect(engine.statistics().compilations).toBe(first);
  });

  test('leaves the number of tensors flat', async () => {
    const training = step();
    await training.runInChunks(inChunks(3), { learningRate: 0.1, progress: 0.5 });
    const { numTensors, numBytes } = tf.memory();
    await training.runInChunks(inChunks(3), { learningRate: 0.1, progress: 0.5 });
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });

  test('leaves no tensor behind when drawing a chunk fails in either pass', async () => {
    const training = step();
    await training.runInChunks(inChunks(3), { learningRate: 0.1, progress: 0.5 });
    const { numTensors } = tf.memory();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 7 }), async (failing) => {
        let drawn = 0;
        const chunks = async function* () {
          for await (const chunk of inChunks(3)()) {
            if (drawn++ === failing) throw new Error('no such image');
            yield chunk;
          }
        };
        await expect(training.runInChunks(chunks, { learningRate: 0.1, progress: 0.5 })).rejects.toThrow(
          'no such image',
        );
        expect(tf.memory().numTensors).toBe(numTensors);
      }),
      { numRuns: 8 },
    );
  });
});
