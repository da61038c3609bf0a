import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { imagenetPixels, resnet8, type Standardisation } from '../../src/models/index.js';
import { engines } from '../engines.js';
import { chirp, placeWeights, relativeError } from './chirp.js';
import { savedAndLoaded } from './saved-and-loaded.js';

describe.each(engines)('on the engine %s', (name) => {
  beforeAll(() => engine.use({ name, threads: 1 }));

  function encoders(stem: 'cifar' | 'imagenet', standardise: 'imagenet' | Standardisation) {
    const options = { stem, width: 2, inputShape: [9, 8, 3] } as const;
    const [plain, standardised] = [resnet8(options), resnet8({ ...options, standardise })];
    for (const encoder of [plain, standardised]) placeWeights(encoder);
    return { plain, standardised };
  }

  it.each(['cifar', 'imagenet'] as const)(
    'with the %s stem, what is padded is 0 after standardising',
    (stem) => {
      const { plain, standardised } = encoders(stem, 'imagenet');
      const images = chirp([2, 9, 8, 3], 0);
      const { mean, deviation } = imagenetPixels;
      const byHand = tf.div(tf.sub(images, mean as number[]), deviation as number[]);
      const expected = (plain.predict(byHand) as tf.Tensor).dataSync();
      const actual = (standardised.predict(images) as tf.Tensor).dataSync();
      expect(relativeError(actual, [...expected])).toBeLessThan(1e-5);
    },
  );

  it('leaves the gradients of training what they are on standardised images', () => {
    const { plain, standardised } = encoders('cifar', 'imagenet');
    const images = chirp([4, 9, 8, 3], 0);
    const { mean, deviation } = imagenetPixels;
    const byHand = tf.div(tf.sub(images, mean as number[]), deviation as number[]);
    const gradients = (encoder: tf.LayersModel, input: tf.Tensor) => {
      const { grads } = tf.variableGrads(() => {
        const features = encoder.apply(input, { training: true }) as tf.Tensor;
        return tf.sum(tf.mul(features, chirp(features.shape, 0))) as tf.Scalar;
      });
      return encoder.trainableWeights.flatMap((weight) => [...grads[weight.name]!.dataSync()]);
    };
    const actual = gradients(standardised, images);
    expect(relativeError(actual, gradients(plain, byHand))).toBeLessThan(1e-4);
  });

  it('adds no weights, and is saved and loaded with the encoder', async () => {
    const { plain, standardised } = encoders('cifar', { mean: [0.1, 0.2, 0.3], deviation: [1, 2, 3] });
    expect(standardised.weights.length).toBe(plain.weights.length);
    const images = chirp([2, 9, 8, 3], 0);
    const features = (encoder: tf.LayersModel) => (encoder.predict(images) as tf.Tensor).dataSync();
    const loaded = await savedAndLoaded(standardised);
    expect(features(loaded)).toEqual(features(standardised));
    expect(features(loaded)).not.toEqual(features(plain));
  });
});

it.each<[object, string]>([
  [{ mean: [0, 0, 0], deviation: [1, 1] }, 'standardise has mean [0,0,0] and deviation [1,1]'],
  [{ mean: [0, 0, 0], deviation: [1, 1, 0] }, 'deviations above 0'],
  [{ mean: [0, Number.NaN, 0], deviation: [1, 1, 1] }, 'mean [0,NaN,0]'],
])('%j is refused', (standardise, message) => {
  const refused = () => resnet8({ width: 2, standardise: standardise as Standardisation });
  expect(refused).toThrow(InputError);
  expect(refused).toThrow(message);
  const unknown = 'cifar' as 'imagenet';
  expect(() => resnet8({ standardise: unknown })).toThrow('There is no standardisation "cifar"');
});
