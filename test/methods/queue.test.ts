import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { statistics, use } from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { createQueue, enqueue } from '../../src/methods/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

const rowsOf = (queue: tf.Variable) => queue.arraySync() as number[][];

describe('a queue', () => {
  test('gives up its oldest rows first, whatever the sizes of the batches that enter', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 1, max: 13 }), { maxLength: 5 }),
        (size, batches) => {
          const queue = createQueue(size, 2, 1);
          let model = rowsOf(queue);
          let entered = 0;
          for (const batch of batches) {
            const rows = Array.from({ length: batch }, () => [++entered, -entered]);
            tf.tidy(() => enqueue(queue, tf.tensor2d(rows)));
            model = [...rows, ...model].slice(0, size);
            expect(rowsOf(queue)).toEqual(model);
          }
          queue.dispose();
        },
      ),
    ));

  test('begins with unit vectors that depend on the seed', () => {
    const [queue, same, other] = [createQueue(5, 3, 1), createQueue(5, 3, 1), createQueue(5, 3, 2)];
    for (const row of rowsOf(queue)) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    expect(new Set(rowsOf(queue).map(String)).size).toBe(5);
    expect(rowsOf(same)).toEqual(rowsOf(queue));
    for (const [i, row] of rowsOf(other).entries()) expect(row).not.toEqual(rowsOf(queue)[i]);
  });

  test('takes batches of any size without a kernel in plain JavaScript', async () => {
    await use({ name: 'onnxruntime', threads: 1 });
    const before = statistics().plainKernels;
    for (const batch of [1, 5, 6]) {
      const queue = createQueue(5, 3, 1);
      tf.tidy(() => enqueue(queue, tf.ones([batch, 3])));
      expect(rowsOf(queue)[0]).toEqual([1, 1, 1]);
    }
    expect(statistics().plainKernels).toEqual(before);
    await useAnyEngine();
  });

  test('is no weight that an optimiser would find', () => {
    expect(createQueue(5, 3, 1).trainable).toBe(false);
  });

  test('leaves no tensor behind when rows enter', () => {
    const [queue, rows] = [createQueue(5, 3, 1), tf.ones<tf.Rank.R2>([2, 3])];
    const { numTensors } = tf.memory();
    enqueue(queue, rows);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test.each([0, 1.5, -1])('refuses the size %d', (size) => {
    expect(() => createQueue(size, 3, 1)).toThrow(InputError);
    expect(() => createQueue(size, 3, 1)).toThrow(`queueSize is ${size}`);
  });
});
