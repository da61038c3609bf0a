import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { replayable, statistics, use } from '../../src/engine/index.js';

/** Adds its input to a running sum and returns the sum's square, counting how often it is called. */
function runningSum() {
  const sum = tf.variable(tf.zeros([2]));
  const calls = { count: 0 };
  const step = replayable(
    (x) => {
      calls.count += 1;
      sum.assign(tf.add(sum, x!));
      return [tf.square(sum)];
    },
    [sum],
  );
  const add = (...values: number[]) => {
    const [square] = tf.tidy(() => step(tf.tensor1d(values)));
    const result = [...square!.dataSync()];
    square!.dispose();
    return result;
  };
  return { sum, calls, add };
}

describe('replayable', () => {
  beforeEach(() => use({ name: 'onnxruntime', threads: 1 }));

  it('calls the function twice, then computes what it recorded from new inputs and the present state', () => {
    const { sum, calls, add } = runningSum();
    expect([add(1, 0), add(2, 1)]).toEqual([
      [1, 0],
      [9, 1],
    ]);
    const { nodesRecorded, compilations } = statistics();
    expect([add(-1, 1), add(0, 2)]).toEqual([
      [4, 4],
      [4, 16],
    ]);
    expect(calls.count).toBe(2);
    expect(statistics()).toMatchObject({ nodesRecorded, compilations });
    expect([...sum.dataSync()]).toEqual([2, 4]);
  });

  it('sees what others assign to the state, and leaves values alone that were read before', () => {
    const { sum, calls, add } = runningSum();
    for (let call = 0; call < 3; call++) add(1, 1);
    const before = sum.dataSync();
    sum.assign(tf.reshape(tf.tensor2d([[10], [20]]), [2]));
    expect(add(1, 2)).toEqual([121, 484]);
    expect([...before]).toEqual([3, 3]);
    expect(calls.count).toBe(2);
  });

  it('takes inputs of other shapes for another case', () => {
    const scale = tf.variable(tf.scalar(3));
    const triple = replayable((x) => [tf.mul(x!, scale)], [scale]);
    for (let call = 0; call < 4; call++) {
      expect(triple(tf.tensor1d([call, 1]))[0]!.arraySync()).toEqual([3 * call, 3]);
      expect(triple(tf.tensor2d([[call]]))[0]!.arraySync()).toEqual([[3 * call]]);
    }
  });

  it('goes on calling a function that is not the same every time', () => {
    let factor = 0;
    const grow = replayable((x) => {
      factor += 1;
      return [tf.mul(x!, tf.scalar(factor))];
    }, []);
    const results = Array.from({ length: 6 }, () => grow(tf.scalar(2))[0]!.arraySync());
    expect(results).toEqual([2, 4, 6, 8, 10, 12]);
  });

  it('goes on calling a function that assigns what it was not told of', () => {
    const hidden = tf.variable(tf.scalar(0));
    const count = replayable((x) => {
      hidden.assign(tf.add(hidden, x!));
      return [tf.mul(hidden, 1)];
    }, []);
    const results = Array.from({ length: 6 }, () => count(tf.scalar(1))[0]!.arraySync());
    expect(results).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('lets gradients through', () => {
    const square = replayable((x) => [tf.square(x!)], []);
    for (let call = 0; call < 3; call++) square(tf.scalar(1));
    expect(
      tf
        .grad((x) => square(x)[0]!)(tf.scalar(3))
        .arraySync(),
    ).toBe(6);
  });

  it('leaves no tensors behind', () => {
    const { add } = runningSum();
    add(1, 1);
    const { numTensors } = tf.memory();
    for (let call = 0; call < 5; call++) add(1, 1);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('goes on after the engine has been changed', async () => {
    const { calls, add } = runningSum();
    for (let call = 0; call < 3; call++) add(1, 0);
    await use({ name: 'onnxruntime', threads: 2 });
    expect(add(1, 0)).toEqual([16, 0]);
    await use({ name: 'cpu' });
    expect(add(1, 0)).toEqual([25, 0]);
    expect(calls.count).toBe(3);
    await use({ name: 'onnxruntime', threads: 1 });
    expect(add(1, 0)).toEqual([36, 0]);
  });
});
