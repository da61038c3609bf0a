import * as tf from '@tensorflow/tfjs';
import { logSumExp } from './log-sum-exp.js';
import { type ContrastiveLoss, contrastiveLoss } from './loss.js';
import { defaults, type TemperatureOptions } from './settings.js';

/** What DCLW depends on besides the embeddings. */
export interface DCLWOptions extends TemperatureOptions {
  /** Width of the weighting: the smaller, the more the weights differ; above 0. Default 0.5. */
  readonly sigma?: number;
}

/**
 * Weighted decoupled contrastive loss (Yeh et al., ECCV 2022): DCL whose positives are weighted by a negative von
 * Mises-Fisher function, so that hard positives, those of small similarity, weigh more. For every anchor
 *
 *     L_DCW,i^(k) = -w_i <z_i^(1), z_i^(2)> / temperature + log U_{i,k}
 *     w_i = 2 - exp(<z_i^(1), z_i^(2)> / sigma) / mean_i[ exp(<z_i^(1), z_i^(2)> / sigma) ]
 *
 * with the mean over all anchors, those of the N samples and the two views. The weights have mean 1, may be negative, and
 * are constants to the gradient. The embeddings are scaled to unit length inside.
 *
 * @throws InputError for a temperature or a sigma that is not a finite number above 0; the loss itself throws one
 *   unless it is given two [N, d] with N of at least 2
 */
export function dclw(options: DCLWOptions = {}): ContrastiveLoss {
  const { temperature = defaults.temperature, sigma = defaults.sigma } = options;
  const weigh = weighting(temperature / sigma);
  return contrastiveLoss('dclw', { temperature, sigma }, ({ positives, negatives }) =>
    tf.sub(logSumExp(negatives), weigh(positives)),
  );
}

/** Multiplies positives by weights that their gradient takes as constants; `scale` turns them into similarities / sigma. */
function weighting(scale: number): (positives: tf.Tensor1D) => tf.Tensor1D {
  return (positives) =>
    tf.customGrad((input, save) => {
      // A softmax over all A anchors, times A, is exp / mean(exp), shifted so that it cannot overflow.
      const weights = tf.sub(2, tf.mul(tf.softmax(tf.mul(input as tf.Tensor, scale)), positives.size));
      (save as tf.GradSaveFunc)([weights]);
      return {
        value: tf.mul(input as tf.Tensor, weights),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0]!),
      };
    })(positives) as tf.Tensor1D;
}
