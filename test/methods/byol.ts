/** A method of one's own, in one file: the template that CONTRIBUTING.md shows. It imports what anyone can. */
import * as tf from '@tensorflow/tfjs';
import { InputError, losses, methods, models, npc } from 'dcl-lab';

export interface ByolOptions {
  /** Its temperature is that of the reported q alone: BYOL has no negatives. */
  readonly loss: losses.ContrastiveLoss;
  /** By default as wide as the encoder's features, to 128 dimensions. */
  readonly head?: methods.HeadOptions;
  /** How much of the target's weights the first step keeps, from 0 to 1; it rises to 1 by half a cosine. 0.996 by default. */
  readonly targetMomentum?: number;
}

/**
 * BYOL (Grill et al., 2020): a prediction head on one view must find what a slowly moving copy of encoder and head, the
 * target, makes of the other view. The loss is 2 - 2 cos of the two, the mean over both views (the paper takes their sum). Batch
 * norm in the target sees the batch, as in the paper. With small crops each of them predicts both views' targets.
 *
 * @throws InputError for a momentum that is not from 0 to 1
 */
export function byol({ loss, targetMomentum = 0.996, ...options }: ByolOptions): methods.Method {
  const head = methods.completeHead(options.head ?? {}, 'hidden');
  if (!(targetMomentum >= 0 && targetMomentum <= 1)) {
    throw new InputError(`targetMomentum is ${targetMomentum}; it must be a number from 0 to 1.`);
  }
  return {
    name: 'byol',
    loss,
    settings: { ...methods.headSettings(head), targetMomentum },
    start(encoder, seed) {
      const sizes = methods.headFor(encoder, head);
      const { hiddenFeatures, outputFeatures: features } = sizes;
      const projection = models.projectionHead({ ...sizes, seed });
      const prediction = models.predictionHead({ features, hiddenFeatures, seed });
      const [targetEncoder, targetProjection] = [models.copyOf(encoder), models.copyOf(projection)];
      return {
        models: { encoder, projection, prediction, targetEncoder, targetProjection },
        trained: [encoder, projection, prediction],
        memory: {},
        embed(views) {
          const batch = { training: true };
          const targets = methods.withoutGradient(() => {
            const both = methods.applyModels([targetEncoder, targetProjection], views.slice(0, 2), batch);
            return tf.concat(both.map(losses.normalise));
          });
          const trained = methods.applyModels([encoder, projection, prediction], views, batch);
          return { trained, constant: tf.split(targets, 2) };
        },
        compare({ trained, constant: targets }) {
          const predictions = trained.map(losses.normalise);
          const { temperature } = loss.settings;
          const compared = losses.joined(
            targets.flatMap((target, view) =>
              predictions
                .filter((_, other) => other !== view)
                .map((prediction) => losses.crossSimilarities(prediction, target, temperature)),
            ),
          );
          const cosine = tf.mul(tf.mean(compared.positives), temperature);
          return { loss: tf.sub(2, tf.mul(2, cosine)), multiplier: npc.multiplierOf(compared) };
        },
        update(_, progress) {
          const kept = methods.scheduledMomentum(targetMomentum, 'cosine', progress);
          methods.follow(targetEncoder, encoder, kept);
          methods.follow(targetProjection, projection, kept);
        },
      };
    },
  };
}
