import type * as tf from '@tensorflow/tfjs';
import { copyOf, featuresOf } from '../../models/index.js';
import type { SupervisedPlan } from './plan.js';
import { linearClassifier, type Trainee, weightsOf } from './step.js';

/** The models of a run: those a checkpoint holds, and what of them is trained on images. */
export interface SupervisedModels {
  /** By name: `classifier`, and `encoder` where it is trained as well. */
  readonly trained: Readonly<Record<string, tf.LayersModel>>;
  readonly trainee: Trainee;
  /** Images to logits, in inference mode: batch norm uses its moving statistics. */
  readonly classify: (images: tf.Tensor) => tf.Tensor2D;
}

/** A new linear classifier on the encoder, which is frozen in inference mode, or a copy of which is trained along. */
export function supervisedModels({ protocol, encoder, train }: SupervisedPlan): SupervisedModels {
  const classifier = linearClassifier(featuresOf(encoder), train.classes.length);
  const frozen = protocol.name === 'linear evaluation';
  const embedder = frozen ? encoder : copyOf(encoder);
  const features = (images: tf.Tensor, training: boolean) =>
    embedder.apply(images, { training }) as tf.Tensor;
  const logits = (rows: tf.Tensor) => classifier.apply(rows) as tf.Tensor2D;
  const classify = (images: tf.Tensor) => logits(features(images, false));
  const state = weightsOf([embedder, classifier], 'all');
  if (frozen) {
    const weights = weightsOf([classifier], 'trainable');
    const trainee = { frozen: (images: tf.Tensor) => features(images, false), logits, weights, state };
    return { trained: { classifier }, trainee, classify };
  }
  const weights = weightsOf([embedder, classifier], 'trainable');
  const trainee = { logits: (images: tf.Tensor) => logits(features(images, true)), weights, state };
  return { trained: { encoder: embedder, classifier }, trainee, classify };
}
