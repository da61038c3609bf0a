/** Runs the same TensorFlow.js code on our engine and on the plain JavaScript one, and compares everything that comes out. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { statistics, use } from '../../src/engine/index.js';

export type Computation = () => tf.Tensor | tf.Tensor[];

interface Outcome {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

export interface Settings {
  /** Largest difference relative to 1 + |expected|; default 1e-5. */
  readonly within?: number;
  /** Of our engine; default 1. */
  readonly threads?: number;
}

/** Expects equal shapes, types and values, and that nothing ran in plain JavaScript on our engine. */
export async function expectSame(
  compute: Computation,
  { within = 1e-5, threads = 1 }: Settings = {},
): Promise<void> {
  await use({ name: 'cpu' });
  const expected = outcomes(compute);
  await use({ name: 'onnxruntime', threads });
  const before = statistics().plainKernels;
  const actual = outcomes(compute);
  expect(statistics().plainKernels).toEqual(before);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  actual.forEach(({ values }, index) => {
    expectClose(values, expected[index]!.values, within);
  });
}

function outcomes(compute: Computation): Outcome[] {
  const tensors = tf.tidy(() => [compute()].flat());
  const read = tensors.map((tensor) => {
    const { shape, dtype } = tensor;
    return { shape, dtype, values: [...tensor.dataSync()] };
  });
  tf.dispose(tensors);
  return read;
}

export function expectClose(actual: readonly number[], expected: readonly number[], within: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index]!;
    const same = Object.is(value, wanted) || value === wanted;
    const close = Math.abs(value - wanted) <= within * (1 + Math.abs(wanted));
    if (!same && !close) {
      expect.fail(
        `value ${index} is ${value}, expected ${wanted}: ${preview(actual)} against ${preview(expected)}`,
      );
    }
  });
}

function preview(values: readonly number[]): string {
  return `[${values.slice(0, 12).join(', ')}${values.length > 12 ? ', ...' : ''}]`;
}

/** Reproducible values, uniform in [low, high). */
export function values(shape: readonly number[], seed = 1, low = -1, high = 1): tf.Tensor {
  return tf.randomUniform(shape as number[], low, high, 'float32', seed);
}
