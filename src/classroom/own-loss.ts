import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type ContrastiveLoss, infoNCE } from '../losses/index.js';
import { type Method, simclr } from '../methods/index.js';
import { multiplier } from '../npc/index.js';
import { exerciseBatches } from './batch.js';
import { views } from './run-solution.js';
import { scoped } from './scoped.js';

/** Two views' embeddings, [N, d] each, and the temperature to the loss of each anchor, or to the loss of the batch. */
export type OwnLoss = (z1: tf.Tensor2D, z2: tf.Tensor2D, temperature: number) => tf.Tensor;

/** What goes with a loss of one's own. */
export interface OwnLossOptions {
  /** What run settings call the loss; `own` by default. */
  readonly name?: string;
  /** Given to the loss, and to the multiplier q that a run reports; above 0. */
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

/**
 * Tries a loss on a few made-up embeddings.
 * @throws InputError where it stops with an error, or gives a loss or a gradient that is not finite
 */
export function requireTrainable(loss: OwnLoss, temperature: number): void {
  const [batch] = exerciseBatches(1);
  const mean = (z1: tf.Tensor, z2: tf.Tensor): tf.Scalar =>
    tf.mean(loss(z1 as tf.Tensor2D, z2 as tf.Tensor2D, temperature));
  let numbers: number[];
  try {
    numbers = scoped(() => {
      const given = views(batch!);
      return [mean(...given), ...tf.grads(mean)(given)].flatMap((tensor) => Array.from(tensor.dataSync()));
    });
  } catch (error) {
    throw new InputError(
      `Your loss cannot be trained with: ${(error as Error).message} A loss is made of tensor operations on z1 and z2, from the first to the last.`,
    );
  }
  if (numbers.every(Number.isFinite)) return;
  throw new InputError(
    'Your loss cannot be trained with: on a small batch it, or its gradient, is not a finite number. Look for a logarithm of 0 and a division by 0.',
  );
}
