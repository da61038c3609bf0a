import * as tf from '@tensorflow/tfjs';
import { decoupledTerms } from './dcl.js';
import { type ContrastiveLoss, contrastiveLoss } from './loss.js';
import { defaults, type TemperatureOptions } from './settings.js';
import type { Similarities } from './similarities.js';

/**
 * InfoNCE as SimCLR uses it (NT-Xent): for every anchor
 *
 *     L_i^(k) = -log( exp(<z_i^(1), z_i^(2)> / temperature) / ( exp(<z_i^(1), z_i^(2)> / temperature) + U_{i,k} ) )
 *
 * with U the sum over both views of all other images; the mean over the N samples and the two views. The embeddings
 * are scaled to unit length inside.
 *
 * With the decoupled term D = log U - <z_i^(1), z_i^(2)> / temperature this is log(1 + exp(D)), whose slope in D is
 * the multiplier q of Proposition 1 (Yeh et al., Decoupled Contrastive Learning, ECCV 2022).
 *
 * @throws InputError for a temperature that is not a finite number above 0; the loss itself throws one unless it is
 *   given two [N, d] with N of at least 2
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const loss = dcl.losses.infoNCE({ temperature: 0.1 });
 * const [z1, z2] = [tf.randomNormal<tf.Rank.R2>([32, 128]), tf.randomNormal<tf.Rank.R2>([32, 128])];
 * loss(z1, z2).print();
 * ```
 */
export function infoNCE(options: TemperatureOptions = {}): ContrastiveLoss {
  const { temperature = defaults.temperature } = options;
  return contrastiveLoss('infonce', { temperature }, coupledTerms);
}

/** log(exp(positive / temperature) + U) - positive / temperature of each anchor, [A]. */
export function coupledTerms(compared: Similarities): tf.Tensor1D {
  return tf.softplus(decoupledTerms(compared));
}
