import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { BatchNorm } from './batch-norm.js';
import { relu } from './convolution.js';
import { initialisation } from './initialisation.js';

export interface ProjectionHeadOptions {
  /** Features of the encoder, such as 512 of a ResNet-18. */
  readonly inputFeatures: number;
  /** Width of the hidden layer. Default: inputFeatures. */
  readonly hiddenFeatures?: number;
  /** Dimension of the embeddings that the loss compares. Default 128. */
  readonly outputFeatures?: number;
  /** Decides the initial weights, a whole number; the same seed gives the same weights. Default 0. */
  readonly seed?: number;
}

/**
 * SimCLR's projection head (Chen et al., 2020), a perceptron of two layers: linear, batch norm, ReLU, linear. Features
 * [N, inputFeatures] to embeddings [N, outputFeatures], which are not normalised: the losses do that.
 *
 * @throws InputError for a number of features that is not a whole number above 0, or a seed that is not a whole number
 */
export function projectionHead(options: ProjectionHeadOptions): tf.LayersModel {
  const { inputFeatures, hiddenFeatures = inputFeatures, outputFeatures = 128, seed = 0 } = options;
  for (const [name, value] of Object.entries({ inputFeatures, hiddenFeatures, outputFeatures })) {
    requireInteger(name, value);
  }
  const weights = initialisation(seed, 1);
  const features = tf.input({ name: 'features', shape: [inputFeatures] });
  const hidden = tf.layers.dense({
    name: 'hidden',
    units: hiddenFeatures,
    useBias: false,
    kernelInitializer: weights.normal(inputFeatures, 2),
  });
  const output = tf.layers.dense({
    name: 'output',
    units: outputFeatures,
    kernelInitializer: weights.normal(hiddenFeatures, 1),
  });
  const normalised = new BatchNorm({ name: 'norm' }).apply(hidden.apply(features));
  const embeddings = output.apply(relu(normalised as tf.SymbolicTensor, 'relu')) as tf.SymbolicTensor;
  return tf.model({ name: 'projection-head', inputs: features, outputs: embeddings });
}
