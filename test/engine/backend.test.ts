import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../src/engine/index.js';

beforeAll(async () => {
  await use({ name: 'onnxruntime', threads: 1 });
});

describe('the lazy backend', () => {
  it('keeps the values a tensor was made of, also when the array is used again', () => {
    const buffer = new Float32Array(2);
    const sums = [1, 2, 3].map((value) => tf.sum(tf.tensor1d(buffer.fill(value))));
    expect(sums.map((sum) => sum.arraySync())).toEqual([2, 4, 6]);
  });

  it('computes what can be computed while something that cannot is alive, and says each time why it cannot', () => {
    const position = tf.add(tf.tensor1d([6], 'int32'), tf.scalar(1, 'int32'));
    const outside = tf.gather(tf.tensor1d([1, 2, 3]), position);
    const sum = tf.add(tf.tensor1d([1]), 2);
    const product = tf.mul(sum, 10);
    expect([...sum.dataSync()]).toEqual([3]);
    expect([...product.dataSync()]).toEqual([30]);
    expect(() => outside.dataSync()).toThrow(
      /^gather\(float32\[3\], int32\[1\]\) to float32\[1\] failed: .*out of data bounds/,
    );
    expect(() => outside.dataSync()).toThrow(/indices element out of data bounds/);
    expect([...tf.square(product).dataSync()]).toEqual([900]);
    outside.dispose();
  });

  it('pads with one infinity and then with the other', () => {
    const padded = (value: number) => [...tf.pad1d(tf.tensor1d([1]), [1, 0], value).dataSync()];
    expect([padded(Number.NEGATIVE_INFINITY), padded(Number.POSITIVE_INFINITY)]).toEqual([
      [Number.NEGATIVE_INFINITY, 1],
      [Number.POSITIVE_INFINITY, 1],
    ]);
  });
});

describe('debug', () => {
  beforeAll(async () => {
    await use({ name: 'onnxruntime', threads: 1, debug: true });
  });

  it('stops where an operation fails, naming kernel and shapes, with the line in the stack', () => {
    const position = tf.add(tf.tensor1d([6], 'int32'), tf.scalar(1, 'int32'));
    const wrong = () => tf.gather(tf.tensor2d([[1], [2]]), position);
    expect(wrong).toThrow(/^GatherV2\(float32\[2,1\], int32\[1\]\) failed: /);
    try {
      wrong();
    } catch (error) {
      expect((error as Error).stack).toMatch(/at wrong .*backend\.test\.ts/);
    }
  });

  it('stops where NaN appears, and leaves infinities', () => {
    expect([...tf.log(tf.tensor1d([0])).dataSync()]).toEqual([Number.NEGATIVE_INFINITY]);
    expect(() => tf.log(tf.tensor1d([1, -1]))).toThrow(
      /^Log\(float32\[2\]\) gave NaN: element 1 of float32\[2\]/,
    );
  });
});
