import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { BatchNorm } from './batch-norm.js';
import { relu } from './convolution.js';
import type { Initialisation } from './initialisation.js';

/** Which linear layers batch norm follows: the hidden ones, the output as well, or none. */
export type PerceptronBatchNorm = 'hidden' | 'all' | 'none';

interface Perceptron {
  readonly name: string;
  readonly inputFeatures: number;
  readonly hiddenFeatures: number;
  readonly hiddenLayers: number;
  readonly outputFeatures: number;
  readonly batchNorm: PerceptronBatchNorm;
}

/**
 * Hidden layers, each linear, batch norm, ReLU, and a linear output: [N, inputFeatures] to [N, outputFeatures]. A linear layer
 * that batch norm follows has no bias.
 * @throws InputError for a number of features or layers that is not a whole number above 0
 */
export function perceptron(shape: Perceptron, weights: Initialisation): tf.LayersModel {
  const { name, inputFeatures, hiddenFeatures, hiddenLayers, outputFeatures, batchNorm } = shape;
  for (const [option, value] of Object.entries({
    inputFeatures,
    hiddenFeatures,
    hiddenLayers,
    outputFeatures,
  })) {
    requireInteger(option, value);
  }
  const linear = (name: string, from: number, to: number, gain: number, useBias: boolean) =>
    tf.layers.dense({ name, units: to, useBias, kernelInitializer: weights.normal(from, gain) });
  const features = tf.input({ name: 'features', shape: [inputFeatures] });
  let x = features;
  for (let layer = 1; layer <= hiddenLayers; layer++) {
    const suffix = hiddenLayers === 1 ? '' : layer;
    const from = layer === 1 ? inputFeatures : hiddenFeatures;
    const hidden = linear(`hidden${suffix}`, from, hiddenFeatures, 2, batchNorm === 'none');
    x = hidden.apply(x) as tf.SymbolicTensor;
    if (batchNorm !== 'none') x = normalised(x, `norm${suffix}`);
    x = relu(x, `relu${suffix}`);
  }
  const output = linear('output', hiddenFeatures, outputFeatures, 1, batchNorm !== 'all');
  x = output.apply(x) as tf.SymbolicTensor;
  if (batchNorm === 'all') x = normalised(x, 'norm-output');
  return tf.model({ name, inputs: features, outputs: x });
}

function normalised(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return new BatchNorm({ name }).apply(x) as tf.SymbolicTensor;
}
