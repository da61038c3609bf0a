import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyOf, projectionHead, resnet8 } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { chirp, placeWeights } from './chirp.js';

beforeAll(useAnyEngine);

const models: Record<string, () => tf.LayersModel> = {
  'a residual network': () => resnet8({ width: 2, inputShape: [6, 6, 1] }),
  'a head': () => projectionHead({ inputFeatures: 5, hiddenLayers: 2, batchNorm: 'all', outputFeatures: 3 }),
  'a tf.sequential': () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3, useBias: false }),
        tf.layers.globalAveragePooling2d({}),
      ],
    }),
};

describe.each(Object.keys(models))('a copy of %s', (name) => {
  const model = () => {
    const made = models[name]!();
    placeWeights(made);
    return made;
  };
  const values = (one: tf.LayersModel) => one.weights.map((weight) => [...weight.read().dataSync()]);
  const outputs = (one: tf.LayersModel) => {
    const x = chirp([2, ...(one.inputs[0]!.shape.slice(1) as number[])], 1);
    return [...(one.apply(x, { training: false }) as tf.Tensor).dataSync()];
  };

  test('has the same layers and weights, and gives the same', () => {
    const original = model();
    const copy = copyOf(original);
    expect(copy.layers.map((layer) => layer.name)).toEqual(original.layers.map((layer) => layer.name));
    expect(values(copy)).toEqual(values(original));
    expect(outputs(copy)).toEqual(outputs(original));
  });

  test('has weights of its own, which share no data with the original', () => {
    const original = model();
    const copy = copyOf(original);
    const before = values(original);
    for (const [i, weight] of copy.weights.entries()) {
      expect(weight.read().dataId).not.toBe(original.weights[i]!.read().dataId);
      weight.write(tf.zeros(weight.shape as number[]));
    }
    expect(values(original)).toEqual(before);
    copy.dispose();
    expect(values(original)).toEqual(before);
  });

  test('leaves nothing in memory once it is disposed', () => {
    const original = model();
    const { numTensors } = tf.memory();
    copyOf(original).dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
