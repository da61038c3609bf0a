import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { projectionHead, resnet8 } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { chirp } from './chirp.js';
import { savedAndLoaded } from './saved-and-loaded.js';

beforeAll(useAnyEngine);

describe('projectionHead', () => {
  it('has a hidden layer as wide as its input and 128 outputs unless told otherwise', () => {
    const shapes = (head: tf.LayersModel) =>
      ['hidden', 'output'].map((name) => head.getLayer(name).weights[0]!.shape);
    expect(shapes(projectionHead({ inputFeatures: 6 }))).toEqual([
      [6, 6],
      [6, 128],
    ]);
    const head = projectionHead({ inputFeatures: 6, hiddenFeatures: 5, outputFeatures: 4 });
    expect(shapes(head)).toEqual([
      [6, 5],
      [5, 4],
    ]);
  });

  it('is linear, batch norm, ReLU, linear', () => {
    const head = projectionHead({ inputFeatures: 3, hiddenFeatures: 4, outputFeatures: 2, seed: 5 });
    const x = chirp([8, 3], 0) as tf.Tensor2D;
    const [kernel, , , , , outputKernel, outputBias] = [
      ...head.getLayer('hidden').getWeights(),
      ...head.getLayer('norm').getWeights(),
      ...head.getLayer('output').getWeights(),
    ] as tf.Tensor2D[];
    const hidden = tf.matMul(x, kernel!);
    const { mean, variance } = tf.moments(hidden, 0);
    const active = tf.relu(tf.div(tf.sub(hidden, mean), tf.sqrt(tf.add(variance, 1e-5))));
    const expected = tf.add(tf.matMul(active, outputKernel!), outputBias!).dataSync();
    const actual = (head.apply(x, { training: true }) as tf.Tensor).dataSync();
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4);
  });

  it('draws other weights than the encoder of the same seed', () => {
    const stem = resnet8({ seed: 1, inputShape: [8, 8, 3] })
      .getLayer('stem.conv')
      .getWeights()[0]!;
    const hidden = projectionHead({ inputFeatures: 16, seed: 1 }).getLayer('hidden').getWeights()[0]!;
    const standard = (weights: tf.Tensor) =>
      tf
        .div(weights, tf.sqrt(tf.mean(tf.square(weights))))
        .dataSync()
        .slice(0, 3);
    for (const [i, value] of standard(stem).entries()) {
      expect(Math.abs(value - standard(hidden)[i]!)).toBeGreaterThan(0.05);
    }
  });

  it('loads as it was saved', async () => {
    const head = projectionHead({ inputFeatures: 3, outputFeatures: 2, seed: 2 });
    const x = chirp([4, 3], 1);
    const loaded = await savedAndLoaded(head);
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((head.predict(x) as tf.Tensor).dataSync());
  });

  it('refuses features that are not whole numbers', () => {
    expect(() => projectionHead({ inputFeatures: 0 })).toThrow(InputError);
    expect(() => projectionHead({ inputFeatures: 8, outputFeatures: 1.5 })).toThrow('outputFeatures is 1.5');
  });
});
