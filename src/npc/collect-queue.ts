import * as tf from '@tensorflow/tfjs';
import type { Dataset } from '../data/index.js';
import { InputError, requireInteger, requirePositive } from '../errors.js';
import { defaults } from '../losses/settings.js';
import { type CollectOptions, collectionOf } from './collect.js';
import { type EmbeddingModels, embedViews } from './embed-views.js';
import { queueMultiplier } from './multiplier.js';
import { type MultiplierStatistics, statistics } from './statistics.js';

/** What turns images into queries and keys, such as `train.loadModels` gives for a run of MoCo. */
export interface QueueModels extends EmbeddingModels {
  /** Makes the keys; by default the same as the queries' encoder and head. */
  readonly keyEncoder?: tf.LayersModel;
  /** Makes the keys' embeddings; by default the queries' projection head. */
  readonly keyProjection?: tf.LayersModel;
}

/** At which sizes of the queue {@link collectQueue} measures q. */
export interface CollectQueueOptions extends Omit<CollectOptions, 'batchSizes' | 'chunkSize'> {
  /** Images embedded at a time; a quarter of all by default, but at most 256. */
  readonly chunkSize?: number;
  /** Keys K in a queue, each at least 1. */
  readonly queueSizes: readonly number[];
}

/** The multipliers at one size of the queue. */
export interface CollectedQueueMultipliers extends MultiplierStatistics {
  /** Name of the data set. */
  readonly data: string;
  /** Keys K in the queue. */
  readonly queueSize: number;
  /** Divides the cosines. */
  readonly temperature: number;
  /** That decided the images of the queue, and all views. */
  readonly seed: number;
  /** q of every query, one for each image. */
  readonly q: Float32Array;
}

/**
 * The multiplier q of MoCo's queries over a data set, for queues of several sizes. View 1 of each image gives a query, in
 * training mode as `collect` embeds; view 2 a key, in inference mode as MoCo's keys are made here. A query's queue holds the
 * keys of K other images. So sizes differ in their negatives alone, and see the same queries.
 *
 * @returns a row for each size, in the order given
 * @throws InputError where the models do not take the images, for embeddings that are not finite, for a queue that needs
 *   more other images than there are, and for an option that cannot be used
 */
export async function collectQueue(
  models: QueueModels,
  data: Dataset,
  options: CollectQueueOptions,
): Promise<CollectedQueueMultipliers[]> {
  const { queueSizes, temperature = defaults.temperature, seed = 1 } = options;
  requirePositive('temperature', temperature);
  const chunkSize = options.chunkSize ?? Math.max(2, Math.min(256, Math.floor(data.length / 4)));
  const { job, count } = collectionOf(models, data, { ...options, chunkSize });
  const chunk = job.batchSize;
  for (const queueSize of queueSizes) {
    requireInteger('A queue size', queueSize);
    if (queueSize > count - chunk) {
      throw new InputError(
        `A queue of ${queueSize} needs as many other images, but beside a chunk of ${chunk} there are ${count - chunk}.`,
      );
    }
  }
  const { keyEncoder = models.encoder, keyProjection = models.projection } = models;
  const keyModels = { encoder: keyEncoder, ...(keyProjection && { projection: keyProjection }) };
  const { onProgress } = options;
  const queries = await embedViews(models, job, { training: true, onProgress });
  const keys = await embedViews(keyModels, job, { training: false, onProgress });
  // Each chunk's queue is the keys after it, going on from the first after the last.
  const around = new Float32Array(2 * keys.views[1].length);
  around.set(keys.views[1]);
  around.set(keys.views[1], keys.views[1].length);
  const rows = (values: Float32Array, first: number, number: number) => {
    const { dimension } = queries;
    return tf.tensor2d(values.subarray(first * dimension, (first + number) * dimension), [number, dimension]);
  };
  const collected: CollectedQueueMultipliers[] = [];
  for (const queueSize of queueSizes) {
    const q = new Float32Array(count);
    for (let first = 0; first < count; first += chunk) {
      const values = tf.tidy(() =>
        queueMultiplier(
          rows(queries.views[0], first, chunk),
          rows(around, first, chunk),
          rows(around, first + chunk, queueSize),
          { temperature },
        ),
      );
      q.set(await values.data<'float32'>().finally(() => values.dispose()), first);
      onProgress?.(first + chunk, count);
    }
    collected.push({ data: data.name, queueSize, temperature, seed, ...statistics(q), q });
  }
  return collected;
}
