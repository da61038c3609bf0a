import type * as tf from '@tensorflow/tfjs';
import { initialisation } from './initialisation.js';
import { perceptron } from './perceptron.js';

/** Widths and initial weights of {@link predictionHead}. */
export interface PredictionHeadOptions {
  /** Dimension of the embeddings that go in, and of the predictions that come out. */
  readonly features: number;
  /** Width of the hidden layer. */
  readonly hiddenFeatures: number;
  /** Decides the initial weights, a whole number; the same seed gives the same weights. Default 0. */
  readonly seed?: number;
}

/**
 * The head that predicts another view's embedding from a view's (Grill et al., BYOL, 2020; Dwibedi et al., NNCLR, 2021):
 * linear, batch norm, ReLU, linear, [N, features] to the same shape.
 *
 * @throws InputError for a number of features that is not a whole number above 0, or a seed that is not a whole number
 */
export function predictionHead({
  features,
  hiddenFeatures,
  seed = 0,
}: PredictionHeadOptions): tf.LayersModel {
  const sizes = { inputFeatures: features, hiddenFeatures, hiddenLayers: 1, outputFeatures: features };
  return perceptron({ name: 'prediction-head', ...sizes, batchNorm: 'hidden' }, initialisation(seed, 2));
}
