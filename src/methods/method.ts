import type * as tf from '@tensorflow/tfjs';
import type { ContrastiveLoss } from '../losses/loss.js';

/** What one batch gives: the loss to minimise and the multiplier q of its anchors. */
export interface BatchResult {
  readonly loss: tf.Scalar;
  /** q of Proposition 1, [2, N] (view, sample); not part of the loss. */
  readonly multiplier: tf.Tensor2D;
}

/** A method at work on one encoder: the models it trains and how a batch becomes a loss. */
export interface Learner {
  /** Everything a checkpoint must hold, by the name it is stored under; `encoder` is always there. */
  readonly models: Readonly<Record<string, tf.LayersModel>>;
  /**
   * Embeds both views in training mode (batch norm statistics move). It is not called at every step (see
   * engine.replayable): what it does may depend on the views and on the models' weights only.
   * @param view1 - [N, height, width, channels]
   * @param view2 - the other views of the same images, same shape
   * @returns what `compare` takes, each [N, d] with row i from image i; every one has a gradient
   */
  embed(view1: tf.Tensor4D, view2: tf.Tensor4D): readonly tf.Tensor2D[];
  /** Compares the embeddings of a whole batch, also where its images were embedded in several parts; `embed`'s limits hold. */
  compare(embeddings: readonly tf.Tensor2D[]): BatchResult;
}

/** A self-supervised method before it meets an encoder; a plain value that can be reused for several runs. */
export interface Method {
  readonly name: string;
  readonly loss: ContrastiveLoss;
  /** What distinguishes this method's run from another's besides the loss; stored with each run. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /**
   * @param encoder - images to features, [N, height, width, channels] to [N, features]
   * @param seed - decides the initial weights of what the method adds
   * @throws InputError for an encoder or settings that the method cannot train with
   */
  start(encoder: tf.LayersModel, seed: number): Learner;
}
