import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { biasesAndNorms, projectionHead, resnet50 } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

describe('biasesAndNorms', () => {
  test('of an encoder are all gammas and betas, and not one kernel', () => {
    const encoder = resnet50({ width: 1, inputShape: [8, 8, 3] });
    const found = new Set(biasesAndNorms(encoder));
    const all = encoder.trainableWeights.map((weight) => weight.read() as tf.Variable);
    expect(all.filter((weight) => found.has(weight)).map(({ rank }) => rank)).toEqual(Array(2 * 53).fill(1));
    expect(all.filter((weight) => !found.has(weight)).map(({ rank }) => rank)).toEqual(Array(53).fill(4));
  });

  test('of a head are the biases of its linear layers, too, also where it is a layer of another model', () => {
    const head = projectionHead({ inputFeatures: 4, outputFeatures: 3 });
    const own = biasesAndNorms(head).map(({ name }) => name);
    expect(own.map((name) => name.replace(/_\d+$/, ''))).toEqual(['norm/gamma', 'norm/beta', 'output/bias']);
    const nested = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [4] }), head] });
    expect(biasesAndNorms(nested).map(({ name }) => name)).toEqual(own);
  });

  test('are every weight of a normalisation, whatever its shape, and none that is not trained', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.layerNormalization({ axis: [1, 2], inputShape: [2, 3] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, trainable: false }),
      ],
    });
    expect(biasesAndNorms(model).map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });
});
