import type * as tf from '@tensorflow/tfjs';
import { featuresOf, type PerceptronBatchNorm, type ProjectionHeadOptions } from '../models/index.js';

/** A projection head, a perceptron that is thrown away after pretraining. */
export interface HeadOptions {
  /** Width of the hidden layers; by default the encoder's number of features. */
  readonly hiddenFeatures?: number;
  /** Dimension d of the embeddings that the loss compares, each view's [N, d]; 128 by default. */
  readonly outputFeatures?: number;
  /** Which of its linear layers batch norm follows; by default the `hidden` ones, in NNCLR `all`. */
  readonly batchNorm?: PerceptronBatchNorm;
}

/** The same with every default filled in; without a width the hidden layers are as wide as the encoder's features. */
export interface CompleteHead {
  /** Width of the hidden layers; undefined: as wide as the encoder's features. */
  readonly hiddenFeatures: number | undefined;
  /** Dimension of the embeddings that the loss compares. */
  readonly outputFeatures: number;
  /** After which layers batch norm stands. */
  readonly batchNorm: PerceptronBatchNorm;
}

/** The options with every default filled in. @param batchNorm - the method's default */
export function completeHead(head: HeadOptions, batchNorm: PerceptronBatchNorm): CompleteHead {
  return { outputFeatures: 128, batchNorm, ...head, hiddenFeatures: head.hiddenFeatures };
}

/** The head's part of a method's `settings`, as stored with a run. */
export function headSettings({
  hiddenFeatures,
  outputFeatures,
  batchNorm,
}: CompleteHead): Readonly<Record<'hiddenFeatures' | 'outputFeatures' | 'headBatchNorm', string | number>> {
  return { hiddenFeatures: hiddenFeatures ?? 'as the encoder', outputFeatures, headBatchNorm: batchNorm };
}

/** What `models.projectionHead` takes. @throws InputError for an encoder that does not give one vector per image */
export function headFor(
  encoder: tf.LayersModel,
  { hiddenFeatures, ...head }: CompleteHead,
): Required<Omit<ProjectionHeadOptions, 'hiddenLayers' | 'seed'>> {
  const inputFeatures = featuresOf(encoder);
  return { ...head, inputFeatures, hiddenFeatures: hiddenFeatures ?? inputFeatures };
}
