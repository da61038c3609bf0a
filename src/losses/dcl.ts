import * as tf from '@tensorflow/tfjs';
import { logSumExp } from './log-sum-exp.js';
import { type ContrastiveLoss, contrastiveLoss } from './loss.js';
import { defaults, type TemperatureOptions } from './settings.js';
import type { Similarities } from './similarities.js';

/**
 * Decoupled contrastive loss (Yeh et al., ECCV 2022, Proposition 2): InfoNCE with the positive taken out of the
 * denominator, for every anchor
 *
 *     L_DC,i^(k) = -<z_i^(1), z_i^(2)> / temperature + log U_{i,k}
 *
 * with U the sum over both views of all other images; the mean over the N samples and the two views. The embeddings
 * are scaled to unit length inside. It has no lower bound of 0: negative values are right.
 *
 * @throws InputError for a temperature that is not a finite number above 0; the loss itself throws one unless it is
 *   given two [N, d] with N of at least 2
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const loss = dcl.losses.dcl({ temperature: 0.1 });
 * const [z1, z2] = [tf.randomNormal<tf.Rank.R2>([32, 128]), tf.randomNormal<tf.Rank.R2>([32, 128])];
 * loss(z1, z2).print();
 * ```
 */
export function dcl(options: TemperatureOptions = {}): ContrastiveLoss {
  const { temperature = defaults.temperature } = options;
  return contrastiveLoss('dcl', { temperature }, decoupledTerms);
}

/** log U - positive / temperature of each anchor, [A]. */
export function decoupledTerms({ positives, negatives }: Similarities): tf.Tensor1D {
  return tf.sub(logSumExp(negatives), positives);
}
