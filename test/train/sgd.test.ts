import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Sgd } from '../../src/train/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

describe('Sgd', () => {
  test('follows the recurrence of momentum and coupled weight decay', () => {
    const weight = tf.variable(tf.tensor1d([1, -2]));
    const sgd = new Sgd([weight], { momentum: 0.9, weightDecay: 0.01 });
    const expected = [1, -2];
    const velocity = [0, 0];
    for (const [rate, gradient] of [
      [0.1, [0.5, 1]],
      [0.2, [-1, 0.25]],
      [0.05, [2, 2]],
    ] as const) {
      sgd.step([tf.tensor1d([...gradient])], tf.scalar(rate));
      for (const i of [0, 1] as const) {
        velocity[i] = 0.9 * velocity[i]! + gradient[i] + 0.01 * expected[i]!;
        expected[i]! -= rate * velocity[i]!;
      }
    }
    expect([...weight.dataSync()]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });

  test('leaves no tensors behind', () => {
    const weight = tf.variable(tf.zeros([3]));
    const gradient = tf.ones([3]);
    const rate = tf.scalar(0.1);
    const sgd = new Sgd([weight], { momentum: 0.9, weightDecay: 0 });
    const before = tf.memory().numTensors;
    sgd.step([gradient], rate);
    sgd.step([gradient], rate);
    expect(tf.memory().numTensors).toBe(before);
    sgd.dispose();
    expect(tf.memory().numTensors).toBe(before - 1);
  });
});
