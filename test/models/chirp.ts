/** What test/golden/formulas.py writes down: weights as formulas of their place, and digests to compare them by. */
import * as tf from '@tensorflow/tfjs';

/** sin(0.37 n^2 + n + phase) for n = 0, 1, ..., row by row. */
export function chirp(shape: readonly number[], phase: number): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, n) => Math.sin(0.37 * n * n + n + phase)),
    [...shape],
  );
}

/** Fills in the formulas; phases count the layers in order of their names. Batch norm's moving statistics become 0 and 1. */
export function placeWeights(model: tf.LayersModel, firstPhase = 0): void {
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  const names = layers.map(({ name }) => name).sort();
  for (const layer of layers) layer.setWeights(weightsOf(layer, firstPhase + names.indexOf(layer.name)));
}

function weightsOf(layer: tf.layers.Layer, phase: number): tf.Tensor[] {
  const shape = layer.weights[0]!.shape as number[];
  if (shape.length === 1) {
    const gamma = tf.add(1, tf.mul(0.3, chirp(shape, phase)));
    const beta = tf.mul(0.3, chirp(shape, phase + 0.5));
    return [gamma, beta, tf.zeros(shape), tf.ones(shape)];
  }
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const gain = shape.length === 4 ? 2 : 1.4;
  const kernel = tf.mul(chirp(shape, phase), gain / Math.sqrt(fanIn));
  const biases = layer.weights
    .slice(1)
    .map((bias) => tf.mul(0.1, chirp(bias.shape as number[], phase + 0.5)));
  return [kernel, ...biases];
}

/** The sum of the values times a formula that is no weight's own: one number that sees every element. */
export function digest(values: tf.Tensor): number {
  return tf.tidy(() => tf.sum(tf.mul(values, chirp(values.shape, 0.5))).arraySync() as number);
}

/** Largest difference over the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  const largest = (values: readonly number[]) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(expected.map((value, i) => value - actual[i]!)) / largest(expected);
}
