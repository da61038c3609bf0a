import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { statistics, use } from '../../src/engine/index.js';

/** Two residual blocks and a projection, built of TensorFlow.js layers. */
function encoder(): tf.LayersModel {
  let seed = 1;
  const initializer = () => {
    seed += 1;
    return tf.initializers.heNormal({ seed });
  };
  const convolve = (x: tf.SymbolicTensor, filters: number, strides: number) =>
    tf.layers
      .conv2d({
        filters,
        kernelSize: 3,
        strides,
        padding: 'same',
        useBias: false,
        kernelInitializer: initializer(),
      })
      .apply(x) as tf.SymbolicTensor;
  const normalise = (x: tf.SymbolicTensor) =>
    tf.layers.batchNormalization({ momentum: 0.9 }).apply(x) as tf.SymbolicTensor;
  const relu = (x: tf.SymbolicTensor) => tf.layers.reLU().apply(x) as tf.SymbolicTensor;
  const input = tf.input({ shape: [8, 8, 3] });
  let x = relu(normalise(convolve(input, 4, 1)));
  for (const [filters, strides] of [
    [4, 1],
    [8, 2],
  ] as const) {
    const inside = normalise(convolve(relu(normalise(convolve(x, filters, strides))), filters, 1));
    const shortcut = strides === 1 ? x : normalise(convolve(x, filters, strides));
    x = relu(tf.layers.add().apply([inside, shortcut]) as tf.SymbolicTensor);
  }
  const pooled = tf.layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor;
  const output = tf.layers.dense({ units: 4, kernelInitializer: initializer() }).apply(pooled);
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
}

/** InfoNCE between the first and the second half of the batch. */
function contrastiveLoss(z: tf.Tensor2D): tf.Scalar {
  const [first, second] = tf.split(tf.div(z, tf.norm(z, 2, 1, true)), 2) as [tf.Tensor2D, tf.Tensor2D];
  const logits = tf.mul(tf.matMul(first, second, false, true), 5);
  const positives = tf.mul(tf.sum(tf.mul(first, second), 1), 5);
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), positives));
}

interface Training {
  readonly model: tf.LayersModel;
  step(learningRate: number): number;
}

function training(): Training {
  const model = encoder();
  const images = tf.randomNormal([8, 8, 8, 3], 0, 1, 'float32', 5);
  const optimizer = tf.train.momentum(0.1, 0.9);
  const step = (learningRate: number): number => {
    optimizer.setLearningRate(learningRate);
    const loss = optimizer.minimize(
      () => contrastiveLoss(model.apply(images, { training: true }) as tf.Tensor2D),
      true,
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    )!;
    const [value] = loss.dataSync();
    loss.dispose();
    return value!;
  };
  return { model, step };
}

describe('a training step', () => {
  beforeEach(async () => {
    await use({ name: 'onnxruntime', threads: 1 });
  });

  it('gives the losses and weights of the plain JavaScript backend', async () => {
    const run = async (name: 'onnxruntime' | 'cpu') => {
      await use({ name, threads: 1 });
      const { model, step } = training();
      const losses = [step(0.1), step(0.05), step(0.02)];
      return { losses, weights: model.getWeights().map((weight) => weight.dataSync()) };
    };
    const ours = await run('onnxruntime');
    const plain = await run('cpu');
    ours.losses.forEach((loss, index) => {
      expect(loss).toBeCloseTo(plain.losses[index]!, 3);
    });
    ours.weights.forEach((values, index) => {
      const expected = plain.weights[index]!;
      values.forEach((value, position) => {
        expect(value).toBeCloseTo(expected[position]!, 2);
      });
    });
  });

  it('is compiled once, whatever the learning rate', () => {
    const { step } = training();
    step(0.1);
    const { compilations, runs } = statistics();
    step(0.1);
    step(0.07);
    expect(statistics().compilations).toBe(compilations);
    expect(statistics().runs).toBe(runs + 2);
  });

  it('accounts for the time of compiling and of running', () => {
    const { step } = training();
    step(0.1);
    const first = statistics();
    step(0.1);
    const second = statistics();
    expect(first.compileMilliseconds).toBeGreaterThan(0);
    expect(second.compileMilliseconds).toBe(first.compileMilliseconds);
    expect(second.runMilliseconds).toBeGreaterThan(first.runMilliseconds);
  });

  it('leaves the number of tensors flat', () => {
    const { step } = training();
    step(0.1);
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    for (let count = 0; count < 5; count += 1) step(0.1);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
  });

  it('runs no kernel in plain JavaScript', () => {
    training().step(0.1);
    expect(statistics().plainKernels).toEqual({});
  });
});
