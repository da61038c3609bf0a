import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../data/dataset.js';
import type { Views } from '../data/index.js';
import type { BatchResult, Learner } from '../methods/index.js';

/** Two views of N images, each [N, height, width, channels] with values in [0, 1], row by row. */
export type ViewPair = Views;

/** What is differentiated, with respect to what. */
export interface Differentiable {
  readonly learner: Learner;
  readonly weights: readonly tf.Variable[];
  /** Of one image. */
  readonly shape: ImageShape;
}

/** A batch's loss and q, and the gradient of each weight, in the weights' order. */
export interface BatchGradients extends BatchResult {
  readonly gradients: readonly tf.Tensor[];
}

/** Differentiates the loss of a batch that is embedded all at once. Call it in a `tf.tidy` that returns what to keep. */
export function batchGradients(
  { learner, weights }: Differentiable,
  view1: tf.Tensor4D,
  view2: tf.Tensor4D,
): BatchGradients {
  let multiplier: tf.Tensor2D | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const result = learner.compare(learner.embed(view1, view2));
    multiplier = tf.keep(result.multiplier);
    return result.loss;
  }, [...weights]);
  return { loss: value, multiplier: multiplier!, gradients: weights.map(({ name }) => grads[name]!) };
}

/** Both views as tensors. */
export function images([view1, view2]: ViewPair, shape: ImageShape): [tf.Tensor4D, tf.Tensor4D] {
  const size = shape[0] * shape[1] * shape[2];
  const tensor = (view: Float32Array) => tf.tensor4d(view, [view.length / size, ...shape]);
  return [tensor(view1), tensor(view2)];
}

/** Everything that embedding an image may read or change: all weights of the models, also those that are not trained. */
export function stateOf({ models }: Learner): tf.Variable[] {
  return Object.values(models).flatMap((model) =>
    model.weights.map((weight) => weight.read() as tf.Variable),
  );
}
