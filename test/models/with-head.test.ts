import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { projectionHead, resnet8, withHead } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';
import { chirp } from './chirp.js';

beforeAll(useAnyEngine);

test('an encoder with its head gives what the head makes of its features, and shares their weights', () => {
  const encoder = resnet8({ width: 2, inputShape: [6, 6, 1], seed: 1 });
  const head = projectionHead({ inputFeatures: 8, outputFeatures: 3, seed: 1 });
  const both = withHead(encoder, head);
  const images = chirp([4, 6, 6, 1], 0);
  const expected = () => (head.predict(encoder.predict(images)) as tf.Tensor).dataSync();
  const before = expected();
  expect((both.predict(images) as tf.Tensor).dataSync()).toEqual(before);
  const output = head.getLayer('output');
  output.setWeights(output.getWeights().map((weight) => tf.mul(2, weight)));
  expect((both.predict(images) as tf.Tensor).dataSync()).toEqual(expected());
  expect(expected()).not.toEqual(before);
});
