import { mkdir } from 'node:fs/promises';
import type * as tf from '@tensorflow/tfjs';
import { fingerprint } from '../data/fingerprint.js';
import type { Dataset } from '../data/index.js';
import { requireInteger } from '../errors.js';
import { assertTakes, featuresOf } from '../models/index.js';
import { onDisk } from '../train/run-files.js';
import { RunLock } from '../train/run-lock.js';
import { encoderFingerprint } from './encoder-fingerprint.js';
import { Extraction, type ExtractionProgress } from './extraction.js';
import { type FeatureOrigin, type FeaturePart, partFolder } from './feature-folder.js';
import { openFeatures, type StoredFeatures } from './open-features.js';

/** How {@link extractFeatures} goes through the images and divides their features into files. */
export interface ExtractFeaturesOptions {
  /** Images per forward pass; 256 by default. */
  readonly batchSize?: number;
  /** Images in each file; 2,048 by default, which are 17 MB at 2,048 features. */
  readonly shardRows?: number;
  /** Called after each batch, and for each file of an earlier sitting. */
  readonly onProgress?: (progress: ExtractionProgress) => void;
}

/**
 * The features of `embed` in files of a folder, for data sets whose features are more than memory holds. Killed at any
 * moment, the same call goes on: complete files are verified and kept, and the folder ends up the same to the last byte. A
 * file that is damaged is set aside as `*.damaged`, with a warning that names it, and made again.
 *
 * @returns the features, to be closed when they are no longer needed
 * @throws InputError where `embed` does, for a folder of another encoder, data set or `shardRows`, one with files of something
 *   else, or one that another process writes to, and where the disk does not do its part
 */
export async function extractFeatures(
  encoder: tf.LayersModel,
  dataset: Dataset,
  folder: string,
  options: ExtractFeaturesOptions = {},
): Promise<StoredFeatures> {
  await extract(encoder, dataset, folder, options);
  return openFeatures(folder);
}

/**
 * Makes a part of the files that `extractFeatures` would, as one of several processes or machines at work on the same folder;
 * `joinFeatures` puts the parts together. Killed at any moment, the same call goes on.
 *
 * @throws InputError where `extractFeatures` does
 */
export async function extractPart(
  encoder: tf.LayersModel,
  dataset: Dataset,
  folder: string,
  part: FeaturePart,
  options: ExtractFeaturesOptions = {},
): Promise<void> {
  requireInteger('of', part.of);
  requireInteger('index', part.index, 0, part.of - 1);
  await extract(encoder, dataset, partFolder(folder, part), options, part);
}

async function extract(
  encoder: tf.LayersModel,
  dataset: Dataset,
  folder: string,
  { batchSize = 256, shardRows = 2048, onProgress }: ExtractFeaturesOptions,
  part?: FeaturePart,
): Promise<void> {
  requireInteger('batchSize', batchSize);
  requireInteger('shardRows', shardRows);
  assertTakes(encoder, dataset);
  const origin: FeatureOrigin = {
    name: dataset.name,
    count: dataset.length,
    dimension: featuresOf(encoder),
    classes: dataset.classes,
    shardRows,
    encoder: await encoderFingerprint(encoder),
    data: await fingerprint(dataset),
  };
  await onDisk(`The folder ${folder} cannot be used`, () => mkdir(folder, { recursive: true }));
  const lock = await RunLock.take(folder);
  try {
    const extraction = await Extraction.begin(folder, origin, onProgress);
    for (const shard of extraction.missing(part)) await extraction.write(shard, encoder, dataset, batchSize);
  } finally {
    await lock.release();
  }
}
