import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';
import { embed } from '../../src/evaluate/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

/** Five images of 2 x 2 pixels: 0, 51, 102, 153 and 204. */
const data = inMemory({
  name: 'steps',
  shape: [2, 2, 1],
  classes: ['dark', 'light'],
  labels: Int32Array.of(0, 0, 0, 1, 1),
  pixels: Uint8Array.from({ length: 20 }, (_, i) => 51 * Math.floor(i / 4)),
});

/** Features (first, second) x mean, then `factor` times that. */
function encoder(first: number, second: number, factor = 1, inputShape: readonly number[] = [2, 2, 1]) {
  const images = tf.input({ shape: [...inputShape] });
  const pooled = tf.layers.globalAveragePooling2d({}).apply(images);
  const linear = (kernel: number[][]) =>
    tf.layers.dense({ units: 2, useBias: false, weights: [tf.tensor2d(kernel)] });
  const unscaled = linear(Array(inputShape[2]).fill([first, second])).apply(pooled);
  const scale = [
    [factor, 0],
    [0, factor],
  ];
  const features = linear(scale).apply(unscaled) as tf.SymbolicTensor;
  return tf.model({ name: 'tiny', inputs: images, outputs: features });
}

describe('embed', () => {
  test('gives the features of every image in order, whatever the batch size', async () => {
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    const { features, ...rest } = await embed(encoder(1, 2), data, { batchSize: 2, onProgress });
    expect([...features]).toEqual(
      [0, 0, 0.2, 0.4, 0.4, 0.8, 0.6, 1.2, 0.8, 1.6].map((value) => expect.closeTo(value, 6)),
    );
    expect(rest).toMatchObject({ name: 'steps', count: 5, dimension: 2, classes: ['dark', 'light'] });
    expect(progress).toEqual([2, 4, 5]);
  });

  test('refuses an encoder that gives values that are not finite, naming it and the image', async () => {
    await expect(embed(encoder(Number.NaN, 1), data)).rejects.toThrow(
      'The encoder tiny gives NaN for image 0 of steps',
    );
    // 1e39 times 0.2 is a float32, times 0.4 it is not.
    const overflowing = encoder(1e30, 0, 1e9);
    const before = tf.memory().numTensors;
    await expect(embed(overflowing, data, { batchSize: 2 })).rejects.toThrow(
      'The encoder tiny gives Infinity for image 2 of steps',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses an encoder that does not take the images or gives no vector', async () => {
    const refused = embed(encoder(1, 2, 1, [3, 3, 1]), data);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow('The encoder takes images of [3,3,1], but steps has [2,2,1]');
    const images = tf.input({ shape: [2, 2, 1] });
    const pixels = tf.layers.reLU().apply(images) as tf.SymbolicTensor;
    await expect(embed(tf.model({ inputs: images, outputs: pixels }), data)).rejects.toThrow(
      'one vector per image',
    );
  });
});
