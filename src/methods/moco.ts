import * as tf from '@tensorflow/tfjs';
import { requireInteger, requireOneOf, requireRange } from '../errors.js';
import { type ContrastiveLoss, normalise, queueSimilarities } from '../losses/index.js';
import { copyOf, projectionHead } from '../models/index.js';
import { applyModels } from './apply-models.js';
import { contrast } from './contrast.js';
import { completeHead, type HeadOptions, headFor, headSettings } from './head.js';
import type { Learner, Method } from './method.js';
import { follow, type MomentumSchedule, scheduledMomentum } from './momentum-encoder.js';
import { createQueue, enqueue } from './queue.js';
import { withoutGradient } from './without-gradient.js';

/** What {@link moco} compares, and with how many keys of what age. */
export interface MocoOptions {
  /**
   * Compares each query with its key and with the queue: DCL leaves the key out of the denominator, so the queue alone
   * remains. MoCo v2's temperature is 0.2, the losses' own default 0.1.
   */
  readonly loss: ContrastiveLoss;
  /**
   * By default SimCLR's, as wide as the encoder's features and to 128 dimensions. Chen et al. have no batch norm in it
   * (`batchNorm: 'none'`); without, a run of few epochs leaves all embeddings near one direction.
   */
  readonly head?: HeadOptions;
  /**
   * Keys K in the queue, any number above 0; 4096 by default, on ImageNet MoCo v2 takes 65,536. From as many on as the data
   * set has images, old keys of a query's own image are among its negatives.
   */
  readonly queueSize?: number;
  /** How much of the key encoder's weights each step keeps, from 0 to 1; 0.999 by default, short runs need less. */
  readonly keyMomentum?: number;
  /** `constant` by default. */
  readonly keyMomentumSchedule?: MomentumSchedule;
}

/**
 * MoCo v2 (Chen et al., 2020; He et al., 2020): view 1 gives the queries; a slowly moving copy of encoder and head makes the
 * keys of view 2, which are the positives and enter a queue after the step; the queue's keys of earlier batches are the
 * negatives, so their number does not depend on the batch.
 *
 * MoCo shuffles the keys' batch over several devices, so that batch norm's statistics do not tell which key belongs to
 * which query. On one device there is nothing to shuffle: here keys are normalised by the key encoder's moving statistics,
 * as the batches of keys before have left them (much as Li et al., Momentum^2 Teacher, 2021). So no key depends on the
 * other images of its batch.
 *
 * With small crops each of them is one more query of its image's key.
 *
 * The method throws an InputError for a queue size, a momentum or a schedule that cannot be used; its `start` does for an
 * encoder that does not give one vector per image, [N, features], and for sizes of the head that are no whole numbers above 0.
 */
export function moco(options: MocoOptions): Method {
  const head = completeHead(options.head ?? {}, 'hidden');
  const { loss, queueSize = 4096, keyMomentum = 0.999, keyMomentumSchedule = 'constant' } = options;
  requireInteger('queueSize', queueSize);
  requireRange('keyMomentum', keyMomentum, 0, 1);
  requireOneOf('keyMomentumSchedule', keyMomentumSchedule, ['constant', 'cosine']);
  const keyBatchNorm = 'moving statistics of earlier keys';
  return {
    name: 'moco',
    loss,
    settings: { ...headSettings(head), queueSize, keyMomentum, keyMomentumSchedule, keyBatchNorm },
    start(encoder, seed) {
      const projection = projectionHead({ ...headFor(encoder, head), seed });
      const queue = createQueue(queueSize, head.outputFeatures, seed);
      const momentum = (progress: tf.Scalar) => scheduledMomentum(keyMomentum, keyMomentumSchedule, progress);
      return followedBy([encoder, projection], queue, momentum, loss);
    },
  };
}

function followedBy(
  [encoder, projection]: [tf.LayersModel, tf.LayersModel],
  queue: tf.Variable,
  momentum: (progress: tf.Scalar) => tf.Scalar,
  loss: ContrastiveLoss,
): Learner {
  const queryModels = [encoder, projection];
  const [keyEncoder, keyProjection] = [copyOf(encoder), copyOf(projection)];
  return {
    models: { encoder, projection, keyEncoder, keyProjection },
    trained: queryModels,
    memory: { queue },
    embed([view1, view2, ...crops]) {
      const keys = withoutGradient(() => {
        const [embeddings] = applyModels([keyEncoder, keyProjection], [view2!], {
          training: false,
          track: true,
        });
        return normalise(embeddings!);
      });
      const trained = applyModels(queryModels, [view1!, ...crops], { training: true });
      return { trained, constant: [keys] };
    },
    compare({ trained: queries, constant: [keys] }) {
      const anchors = tf.concat(queries.map(normalise));
      const positives = tf.tile(keys!, [queries.length, 1]);
      const { temperature } = loss.settings;
      return contrast(loss, queueSimilarities(anchors, positives, queue as tf.Tensor2D, temperature));
    },
    update([keys], progress) {
      const kept = momentum(progress);
      follow(keyEncoder, encoder, kept);
      follow(keyProjection, projection, kept);
      enqueue(queue, keys!);
    },
  };
}
