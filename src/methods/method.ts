import type * as tf from '@tensorflow/tfjs';
import type { ContrastiveLoss } from '../losses/index.js';

/** What one batch gives: the loss to minimise and the multiplier q of its anchors. */
export interface BatchResult {
  /** Mean or sum over the anchors, as the loss defines it. */
  readonly loss: tf.Scalar;
  /** q of Proposition 1, one for each anchor, [A]; not part of the loss. */
  readonly multiplier: tf.Tensor;
}

/** A batch's embeddings, each [N, d] with row i from image i. */
export interface Embedded {
  /** Those that the loss's gradient goes through, at least one; every one has a gradient. */
  readonly trained: readonly tf.Tensor2D[];
  /** Those that it does not, such as the keys of a momentum encoder. */
  readonly constant: readonly tf.Tensor2D[];
}

/**
 * A method at work on one encoder: the models it trains, what it remembers, and how a batch becomes a loss. What its
 * functions do may depend on their arguments, on the models' weights and on the memory only: after a few steps they are
 * replayed without being called (see engine.replayable).
 */
export interface Learner {
  /** Models by the name they are stored under in a checkpoint; `encoder` is always there, `memory` and `velocity` are taken. */
  readonly models: Readonly<Record<string, tf.LayersModel>>;
  /** Those of the models whose weights the optimiser moves. */
  readonly trained: readonly tf.LayersModel[];
  /** What is kept from batch to batch besides weights, such as a queue [K, d]; stored in a checkpoint, too. */
  readonly memory: Readonly<Record<string, tf.Variable>>;
  /**
   * Embeds all views of some images in training mode (batch norm statistics move).
   * @param views - view 1 and view 2 of the same images, [N, height, width, channels], then their small crops, if there are any
   */
  embed(views: readonly tf.Tensor4D[]): Embedded;
  /** Compares the embeddings of a whole batch, also where its images were embedded in several parts. */
  compare(embedded: Embedded): BatchResult;
  /**
   * Called after the optimiser has moved the weights: here a momentum encoder follows, and queues take what was embedded.
   * @param constant - those of the batch's embeddings that have no gradient
   * @param progress - share of the run's steps that are done, above 0 to 1
   */
  update(constant: Embedded['constant'], progress: tf.Scalar): void;
}

/** A self-supervised method before it meets an encoder; a plain value that can be reused for several runs. */
export interface Method {
  /** What run settings and titles call it, such as `simclr`. */
  readonly name: string;
  /** Compares the embeddings; its temperature is also that of the reported q. */
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
