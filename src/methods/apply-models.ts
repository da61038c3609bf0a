import * as tf from '@tensorflow/tfjs';
import type { BatchNormOptions } from '../models/index.js';

/**
 * Passes each view through the models, one after the other. Views of one shape pass as one batch, the first view's rows
 * first, so batch norm sees them together; small crops are a batch of their own.
 * @param views - [N, ...] each, those of one shape side by side
 * @returns what the last model makes of each view, [N, d]
 */
export function applyModels(
  models: readonly tf.LayersModel[],
  views: readonly tf.Tensor[],
  options: BatchNormOptions,
): tf.Tensor2D[] {
  return sameShaped(views).flatMap((group) => {
    const outputs = models.reduce<tf.Tensor>(
      (x, model) => model.apply(x, { ...options }) as tf.Tensor,
      tf.concat([...group]),
    );
    // A split into one has no gradient in TensorFlow.js.
    return group.length === 1 ? [outputs as tf.Tensor2D] : tf.split(outputs as tf.Tensor2D, group.length);
  });
}

function sameShaped(views: readonly tf.Tensor[]): tf.Tensor[][] {
  const groups = new Map<string, tf.Tensor[]>();
  for (const view of views) {
    const shape = String(view.shape);
    groups.set(shape, [...(groups.get(shape) ?? []), view]);
  }
  return [...groups.values()];
}
