import type * as tf from '@tensorflow/tfjs';
import { featuresOf } from '../models/index.js';

/** Sizes of a projection head, a perceptron that is thrown away after pretraining. */
export interface HeadOptions {
  /** Width of the hidden layers; by default the encoder's number of features. */
  readonly hiddenFeatures?: number;
  /** Dimension d of the embeddings that the loss compares, each view's [N, d]; 128 by default. */
  readonly outputFeatures?: number;
}

const defaultOutputFeatures = 128;

/** The head's part of a method's `settings`, as stored with a run. */
export function headSettings({ hiddenFeatures, outputFeatures = defaultOutputFeatures }: HeadOptions) {
  return { hiddenFeatures: hiddenFeatures ?? 'as the encoder', outputFeatures };
}

/**
 * The sizes of an encoder's head, defaults filled in, as `models.projectionHead` takes them.
 * @throws InputError for an encoder that does not give one vector per image
 */
export function headSizes(
  encoder: tf.LayersModel,
  { hiddenFeatures, outputFeatures = defaultOutputFeatures }: HeadOptions,
) {
  const inputFeatures = featuresOf(encoder);
  return { inputFeatures, hiddenFeatures: hiddenFeatures ?? inputFeatures, outputFeatures };
}
