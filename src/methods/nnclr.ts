import * as tf from '@tensorflow/tfjs';
import { requireInteger } from '../errors.js';
import { type ContrastiveLoss, crossSimilarities, joined, normalise } from '../losses/index.js';
import { featuresOf, predictionHead, projectionHead } from '../models/index.js';
import { applyModels } from './apply-models.js';
import { contrast } from './contrast.js';
import { completeHead, type HeadOptions, headFor, headSettings } from './head.js';
import type { Learner, Method } from './method.js';
import { createQueue, enqueue } from './queue.js';
import { withoutGradient } from './without-gradient.js';

/** What {@link nnclr} compares, and among how many embeddings it looks for neighbours. */
export interface NnclrOptions {
  /** Compares each nearest neighbour with the predictions of the batch, N ways; with DCL the image's own leaves the denominator. */
  readonly loss: ContrastiveLoss;
  /** Two hidden layers as wide as the encoder's features, to 128 dimensions by default; the paper takes 256 for a ResNet-50. */
  readonly head?: HeadOptions;
  /** Width of the prediction head's hidden layer; by default twice the encoder's features, as in the paper. */
  readonly predictionFeatures?: number;
  /** Embeddings in the support queue, any number above 0; 4096 by default, on ImageNet the paper takes 98,304. */
  readonly queueSize?: number;
}

/**
 * NNCLR (Dwibedi et al., 2021): each view's embedding is replaced by its nearest neighbour in a support queue of
 * embeddings from earlier batches; a prediction head on the other view must find it among the batch's N predictions.
 * Symmetrised: the neighbours of both views are anchors, and the loss is the mean over them. No gradient goes through the
 * neighbours. After the step the embeddings of view 1 enter the queue.
 *
 * Both views pass all models as one batch, so batch norm sees them together; the head's batch norm is on every layer, as in
 * the paper. With small crops the neighbour of each view is also compared with the predictions of each crop.
 *
 * The method throws an InputError for a queue size or prediction features that are no whole numbers above 0; its `start` does
 * for an encoder that does not give one vector per image, [N, features], and for sizes of the head that are none.
 */
export function nnclr(options: NnclrOptions): Method {
  const head = completeHead(options.head ?? {}, 'all');
  const { loss, predictionFeatures, queueSize = 4096 } = options;
  requireInteger('queueSize', queueSize);
  if (predictionFeatures !== undefined) requireInteger('predictionFeatures', predictionFeatures);
  return {
    name: 'nnclr',
    loss,
    settings: {
      ...headSettings(head),
      predictionFeatures: predictionFeatures ?? 'twice the encoder',
      queueSize,
    },
    start(encoder, seed) {
      const projection = projectionHead({ ...headFor(encoder, head), hiddenLayers: 2, seed });
      const prediction = predictionHead({
        features: head.outputFeatures,
        hiddenFeatures: predictionFeatures ?? 2 * featuresOf(encoder),
        seed,
      });
      const queue = createQueue(queueSize, head.outputFeatures, seed);
      return compareNeighbours({ encoder, projection, prediction }, queue, loss);
    },
  };
}

function compareNeighbours(
  models: Readonly<Record<'encoder' | 'projection' | 'prediction', tf.LayersModel>>,
  queue: tf.Variable,
  loss: ContrastiveLoss,
): Learner {
  const { encoder, projection, prediction } = models;
  return {
    models,
    trained: [encoder, projection, prediction],
    memory: { queue },
    embed(views) {
      const embeddings = applyModels([encoder, projection], views, { training: true });
      const constant = embeddings.slice(0, 2).map((z) => withoutGradient(() => normalise(z)));
      // Views and crops apart, as the other models see them.
      const predicted = [embeddings.slice(0, 2), embeddings.slice(2)].flatMap((group) =>
        applyModels([prediction], group, { training: true }),
      );
      return { trained: predicted, constant };
    },
    compare({ trained, constant }) {
      const predictions = trained.map(normalise);
      const groups = constant.flatMap((embeddings, view) => {
        const neighbours = nearestNeighbours(embeddings, queue as tf.Tensor2D);
        const others = predictions.filter((_, other) => other !== view);
        return others.map((other) => crossSimilarities(neighbours, other, loss.settings.temperature));
      });
      return contrast(loss, joined(groups));
    },
    update([view1]) {
      enqueue(queue, view1!);
    },
  };
}

/** The row of the support queue with the largest dot product with each embedding. @param embeddings - unit vectors, [N, d] */
function nearestNeighbours(embeddings: tf.Tensor2D, support: tf.Tensor2D): tf.Tensor2D {
  return withoutGradient(() =>
    tf.gather(support, tf.argMax(tf.matMul(embeddings, support, false, true), 1) as tf.Tensor1D),
  );
}
