import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { BatchNorm } from '../../src/models/batch-norm.js';
import { engines } from '../engines.js';
import golden from '../golden/models.json' with { type: 'json' };
import { chirp, relativeError } from './chirp.js';

const training = { training: true };

function layerFor(shape: number[]): BatchNorm {
  const layer = new BatchNorm();
  layer.build(shape);
  return layer;
}

describe.each(engines)('BatchNorm on the engine %s', (name) => {
  beforeAll(async () => {
    await engine.use({ name, threads: 1 });
  });

  it('gives the values, gradients and moving statistics that PyTorch gives', () => {
    const { shape, gradients, ...expected } = golden.batchNorm;
    const layer = layerFor(shape);
    const channels = [shape.at(-1)!];
    layer.setWeights([
      tf.add(1, tf.mul(0.3, chirp(channels, 0))),
      tf.mul(0.3, chirp(channels, 0.5)),
      tf.zeros(channels),
      tf.ones(channels),
    ]);
    const x = tf.add(3, tf.mul(2, chirp(shape, 0)));
    const y = layer.apply(x, training) as tf.Tensor;
    expect(relativeError(y.dataSync(), expected.training)).toBeLessThan(1e-5);
    const [, , movingMean, movingVariance] = layer.getWeights();
    expect(relativeError(movingMean!.dataSync(), expected.movingMean)).toBeLessThan(1e-5);
    expect(relativeError(movingVariance!.dataSync(), expected.movingVariance)).toBeLessThan(1e-5);
    const inference = layer.apply(x) as tf.Tensor;
    expect(relativeError(inference.dataSync(), expected.inferenceAfterwards)).toBeLessThan(1e-5);

    const input = tf.variable(x);
    const loss = () =>
      tf.sum(tf.mul(layer.apply(input, training) as tf.Tensor, chirp(shape, 1))) as tf.Scalar;
    const { grads } = tf.variableGrads(loss);
    const [gamma, beta] = layer.trainableWeights.map((weight) => grads[weight.name]!.dataSync());
    expect(relativeError(grads[input.name]!.dataSync(), gradients.x)).toBeLessThan(1e-5);
    expect(relativeError(gamma!, gradients.gamma)).toBeLessThan(1e-5);
    expect(relativeError(beta!, gradients.beta)).toBeLessThan(1e-5);
  });

  it.each([[[64, 5]], [[4, 3, 3, 5]]])(
    'agrees with the layer of TensorFlow.js on %j, far from the origin too',
    (shape) => {
      const plain = tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 });
      const fused = layerFor(shape);
      const x = tf.add(20, chirp(shape, 2));
      const direction = chirp(shape, 3);
      const gradient = (layer: tf.layers.Layer) =>
        tf.grad((input) => tf.sum(tf.mul(layer.apply(input, training) as tf.Tensor, direction)))(x);
      const values = (layer: tf.layers.Layer) => (layer.apply(x, training) as tf.Tensor).dataSync();
      expect(relativeError(values(fused), [...values(plain)])).toBeLessThan(2e-3);
      expect(relativeError(gradient(fused).dataSync(), [...gradient(plain).dataSync()])).toBeLessThan(2e-3);
    },
  );

  it('gives beta where a channel is constant, however rounding leaves its variance', () => {
    const channels = Array.from({ length: 50 }, (_, channel) => 1000 + channel * 0.3);
    const layer = layerFor([6, 50]);
    const y = layer.apply(tf.tile(tf.tensor2d([channels]), [6, 1]), training) as tf.Tensor;
    expect(y.dataSync()).toSatisfy((all: Float32Array) => all.every((value) => Math.abs(value) < 0.1));
    const movingVariance = layer.getWeights()[3]!.dataSync();
    expect(movingVariance).toSatisfy((all: Float32Array) => all.every((value) => value >= 0.9 - 1e-6));
  });

  it('leaves its statistics alone at inference', () => {
    const layer = layerFor([2, 3]);
    layer.apply(tf.add(5, chirp([2, 3], 0)));
    expect([...layer.getWeights()[2]!.dataSync()]).toEqual([0, 0, 0]);
    expect([...layer.getWeights()[3]!.dataSync()]).toEqual([1, 1, 1]);
  });

  it('keeps no tensors from step to step', () => {
    const layer = layerFor([4, 2]);
    const x = chirp([4, 2], 0);
    const step = () => tf.tidy(() => void tf.grad((input) => layer.apply(input, training) as tf.Tensor)(x));
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to train on one value per channel', () => {
    const layer = layerFor([1, 1, 1, 3]);
    expect(() => layer.apply(tf.ones([1, 1, 1, 3]), training)).toThrow(InputError);
  });
});
