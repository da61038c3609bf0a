import * as tf from '@tensorflow/tfjs';
import { type Dataset, inMemory } from '../../src/data/index.js';

/** `count` images of 2 x 2 pixels, each of one gray, and three classes in turn. */
export function graySteps(count: number): Dataset {
  return inMemory({
    name: 'gray steps',
    shape: [2, 2, 1],
    classes: ['a', 'b', 'c'],
    labels: Int32Array.from({ length: count }, (_, i) => i % 3),
    pixels: Uint8Array.from({ length: 4 * count }, (_, i) => (7 * Math.floor(i / 4)) % 256),
  });
}

/** The features (first, second, third) x gray, gray from 0 to 1. */
export function grayEncoder(...factors: readonly number[]): tf.LayersModel {
  const images = tf.input({ shape: [2, 2, 1] });
  const pooled = tf.layers.globalAveragePooling2d({}).apply(images);
  const kernel = tf.tensor2d([[...factors]]);
  const linear = tf.layers.dense({ units: factors.length, useBias: false, weights: [kernel] });
  return tf.model({ name: 'gray', inputs: images, outputs: linear.apply(pooled) as tf.SymbolicTensor });
}
