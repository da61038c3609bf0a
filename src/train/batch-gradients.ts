import * as tf from '@tensorflow/tfjs';
import type { ImageShape } from '../data/dataset.js';
import type { Views } from '../data/index.js';
import { lengthOf } from '../data/view.js';
import type { BatchResult, Embedded, Learner } from '../methods/index.js';

/** What is differentiated, with respect to what. */
export interface Differentiable {
  readonly learner: Learner;
  readonly weights: readonly tf.Variable[];
  /** Of one image in each of its views: view 1, view 2, small crops. */
  readonly shapes: readonly ImageShape[];
}

/** A batch's loss and q, its embeddings that have no gradient, and the gradient of each weight, in the weights' order. */
export interface BatchGradients extends BatchResult, Pick<Embedded, 'constant'> {
  readonly gradients: readonly tf.Tensor[];
}

/** Differentiates the loss of a batch that is embedded all at once. Call it in a `tf.tidy` that returns what to keep. */
export function batchGradients(
  { learner, weights }: Differentiable,
  views: readonly tf.Tensor4D[],
): BatchGradients {
  let beside: Omit<BatchGradients, 'loss' | 'gradients'> | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const embedded = learner.embed(views);
    const { loss, multiplier } = learner.compare(embedded);
    beside = { multiplier: tf.keep(multiplier), constant: embedded.constant.map((z) => tf.keep(z)) };
    return loss;
  }, [...weights]);
  return { loss: value, ...beside!, gradients: weights.map(({ name }) => grads[name]!) };
}

/** Each view as a tensor. */
export function images(views: Views, shapes: readonly ImageShape[]): tf.Tensor4D[] {
  return views.map((view, k) => tf.tensor4d(view, [view.length / lengthOf(shapes[k]!), ...shapes[k]!]));
}

/** Everything that a step may read or change besides the optimiser's: all weights of the models, and the memory. */
export function stateOf({ models, memory }: Learner): tf.Variable[] {
  const weights = Object.values(models).flatMap((model) => model.weights.map((weight) => weight.read()));
  return [...(weights as tf.Variable[]), ...Object.values(memory)];
}
