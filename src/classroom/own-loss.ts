import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type ContrastiveLoss, infoNCE } from '../losses/index.js';
import { type Method, simclr } from '../methods/index.js';
import { multiplier } from '../npc/index.js';

/** Two views' embeddings, [N, d] each, and the temperature to the loss of each anchor, or to the loss of the batch. */
export type OwnLoss = (z1: tf.Tensor2D, z2: tf.Tensor2D, temperature: number) => tf.Tensor;

export interface OwnLossOptions {
  /** What run settings call the loss; `own` by default. */
  readonly name?: string;
  readonly temperature: number;
}

/**
 * SimCLR with a loss that is a function of embeddings, for `train.pretrain`. The batch's loss is the mean of what the function
 * returns. The embeddings are not normalised before. After two equal steps they are replayed without calling the function
 * (engine.replayable), so it may depend on its arguments only.
 * @throws InputError for a temperature that is not a finite number above 0
 */
export function ownLoss(loss: OwnLoss, { name = 'own', temperature }: OwnLossOptions): Method {
  const { settings } = infoNCE({ temperature });
  const mean = (z1: tf.Tensor2D, z2: tf.Tensor2D): tf.Scalar =>
    tf.tidy(() => tf.mean(loss(z1, z2, temperature)));
  const contrastive: ContrastiveLoss = Object.assign(mean, {
    lossName: name,
    settings,
    ofSimilarities: (): never => {
      throw new InputError(
        `The loss '${name}' takes embeddings, so it cannot be used in other methods than this one.`,
      );
    },
  });
  return {
    ...simclr({ loss: contrastive }),
    start(encoder, seed) {
      return {
        ...simclr({ loss: contrastive }).start(encoder, seed),
        compare({ trained: [z1, z2, ...crops] }) {
          const pairs = [
            [z1!, z2!] as const,
            ...crops.flatMap((crop) => [[z1!, crop] as const, [z2!, crop] as const]),
          ];
          return {
            loss: tf.mean(tf.stack(pairs.map(([a, b]) => mean(a, b)))),
            multiplier: tf.concat(pairs.map(([a, b]) => tf.reshape(multiplier(a, b, { temperature }), [-1]))),
          };
        },
      };
    },
  };
}
