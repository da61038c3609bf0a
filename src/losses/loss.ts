import type * as tf from '@tensorflow/tfjs';

/** A contrastive loss of two views' embeddings, [N, d] each; row i of both comes from image i. */
export interface ContrastiveLoss {
  (z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Scalar;
  /** How `dcl-lab pretrain --loss` and run settings call it. */
  readonly lossName: string;
  readonly settings: LossSettings;
}

/** Everything a loss depends on besides the embeddings, such as `{ temperature: 0.1 }`. */
export interface LossSettings {
  readonly temperature: number;
  readonly [setting: string]: number;
}
