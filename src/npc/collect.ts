import * as tf from '@tensorflow/tfjs';
import {
  type Dataset,
  defaultViews,
  stepsPerEpoch,
  type ViewBatchesOptions,
  type ViewSettings,
} from '../data/index.js';
import { requireInteger, requirePositive } from '../errors.js';
import { defaults, type TemperatureOptions } from '../losses/settings.js';
import { assertTakes } from '../models/index.js';
import { type EmbeddedViews, type EmbeddingModels, embedViews } from './embed-views.js';
import { multiplier } from './multiplier.js';
import { type MultiplierStatistics, statistics } from './statistics.js';

/** At which batch sizes {@link collect} measures q, and at which temperature. */
export interface CollectOptions extends TemperatureOptions {
  /** Images N in a batch, each at least 2. */
  readonly batchSizes: readonly number[];
  /** Decides which images share a batch, and their views; 1 by default. */
  readonly seed?: number;
  /** How views are made; by default what `data.defaultViews` gives for the data set. */
  readonly views?: ViewSettings;
  /** Images embedded at a time; 256 by default, or all where there are fewer. */
  readonly chunkSize?: number;
  /** Called after each chunk with the images embedded so far, then for each size again with those compared. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The multipliers at one batch size: a row of a table, as `aq.from(await npc.collect(...))` makes it. */
export interface CollectedMultipliers extends MultiplierStatistics {
  /** Name of the data set. */
  readonly data: string;
  /** Images N in a batch. */
  readonly batchSize: number;
  /** Batches that were collected. */
  readonly batches: number;
  /** Divides the cosines. */
  readonly temperature: number;
  /** That decided which images share a batch, and their views. */
  readonly seed: number;
  /** q of every anchor, [batches, 2, batchSize] (batch, view, image), row by row. */
  readonly q: Float32Array;
}

/**
 * The multiplier q (Yeh et al., ECCV 2022, Proposition 1) of every anchor of a data set at several batch sizes.
 *
 * Two views of each image are drawn and embedded once, a chunk at a time and in training mode: batch norm uses the
 * chunk's own statistics, as an untrained encoder needs, and its moving statistics stay as they are. These embeddings are
 * then cut into batches of each size, and compared as SimCLR does, whatever method trained them. So batch sizes differ in their negatives alone, and see the same anchors but for
 * images at the end that fill no batch; images that fill no chunk are left out altogether.
 *
 * @param models an encoder with its projection head, such as what `train.loadModels` gives
 * @returns a row for each batch size, in the order given
 * @throws InputError where the models do not take the images, for embeddings that are not finite, and for an option that
 *   cannot be used
 */
export async function collect(
  models: EmbeddingModels,
  data: Dataset,
  options: CollectOptions,
): Promise<CollectedMultipliers[]> {
  const { batchSizes, temperature = defaults.temperature, seed = 1 } = options;
  requirePositive('temperature', temperature);
  const { job, count } = collectionOf(models, data, options);
  for (const batchSize of batchSizes) requireInteger('A batch size', batchSize, 2, count);
  const embedded = await embedViews(models, job, { training: true, onProgress: options.onProgress });
  const rows: CollectedMultipliers[] = [];
  for (const batchSize of batchSizes) {
    const q = await multipliersOf(embedded, batchSize, temperature, options.onProgress);
    const batches = q.length / (2 * batchSize);
    rows.push({ data: data.name, batchSize, batches, temperature, seed, ...statistics(q), q });
  }
  return rows;
}

/**
 * What is embedded, a chunk at a time, and how many images that are.
 * @throws InputError where the encoder does not take the images, or for a chunk size that cannot be used
 */
export function collectionOf(
  { encoder }: EmbeddingModels,
  data: Dataset,
  {
    seed = 1,
    views = defaultViews(data),
    chunkSize = Math.min(256, data.length),
  }: Omit<CollectOptions, 'batchSizes'>,
): { readonly job: ViewBatchesOptions; readonly count: number } {
  assertTakes(encoder, data);
  requireInteger('chunkSize', chunkSize, 2, data.length);
  const job = { dataset: data, views, batchSize: chunkSize, seed, epoch: 0 };
  return { job, count: chunkSize * stepsPerEpoch(data, chunkSize) };
}

async function multipliersOf(
  { views, count, dimension }: EmbeddedViews,
  batchSize: number,
  temperature: number,
  onProgress: CollectOptions['onProgress'],
): Promise<Float32Array> {
  const batches = Math.floor(count / batchSize);
  const q = new Float32Array(batches * 2 * batchSize);
  for (let batch = 0; batch < batches; batch++) {
    const values = tf.tidy(() => {
      const [z1, z2] = views.map((rows) =>
        tf.tensor2d(rows.subarray(batch * batchSize * dimension, (batch + 1) * batchSize * dimension), [
          batchSize,
          dimension,
        ]),
      );
      return multiplier(z1!, z2!, { temperature });
    });
    q.set(await values.data<'float32'>().finally(() => values.dispose()), batch * 2 * batchSize);
    onProgress?.((batch + 1) * batchSize, batches * batchSize);
  }
  return q;
}
