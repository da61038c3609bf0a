import type * as tf from '@tensorflow/tfjs';
import { initialisation } from './initialisation.js';
import { type PerceptronBatchNorm, perceptron } from './perceptron.js';

/** Depth, widths and initial weights of {@link projectionHead}. */
export interface ProjectionHeadOptions {
  /** Features of the encoder, such as 512 of a ResNet-18. */
  readonly inputFeatures: number;
  /** Width of the hidden layers. Default: inputFeatures. */
  readonly hiddenFeatures?: number;
  /** Hidden layers: 1 by default, as in SimCLR and MoCo v2; NNCLR has 2. */
  readonly hiddenLayers?: number;
  /** Dimension of the embeddings that the loss compares. Default 128. */
  readonly outputFeatures?: number;
  /** Batch norm after the `hidden` layers by default, as in SimCLR; after `all` in NNCLR, `none` in MoCo v2. */
  readonly batchNorm?: PerceptronBatchNorm;
  /** Decides the initial weights, a whole number; the same seed gives the same weights. Default 0. */
  readonly seed?: number;
}

/**
 * A projection head (Chen et al., SimCLR, 2020), a perceptron: linear, batch norm, ReLU, linear. Features
 * [N, inputFeatures] to embeddings [N, outputFeatures], which are not normalised: the losses do that.
 *
 * @throws InputError for a number of features or layers that is not a whole number above 0, or a seed that is not a whole number
 */
export function projectionHead(options: ProjectionHeadOptions): tf.LayersModel {
  const { inputFeatures, hiddenFeatures = inputFeatures, hiddenLayers = 1, outputFeatures = 128 } = options;
  const { batchNorm = 'hidden', seed = 0 } = options;
  const name = 'projection-head';
  return perceptron(
    { name, inputFeatures, hiddenFeatures, hiddenLayers, outputFeatures, batchNorm },
    initialisation(seed, 1),
  );
}
