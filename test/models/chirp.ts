import * as tf from '@tensorflow/tfjs';

/** sin(0.37 n^2 + n + phase) for n = 0, 1, ..., row by row, as test/golden/models.py writes it down. */
export function chirp(shape: readonly number[], phase: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, n) => Math.sin(0.37 * n * n + n + phase)),
    [...shape],
  );
}

/** Largest difference over the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}
