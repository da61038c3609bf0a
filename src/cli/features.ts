/** Features for a command, in memory or in a folder, with progress. */
import type * as tf from '@tensorflow/tfjs';
import type { Dataset } from '../data/index.js';
import {
  type Embeddings,
  embed,
  extractFeatures,
  extractPart,
  type FeaturePart,
  type StoredFeatures,
} from '../evaluate/index.js';
import { progress } from '../notebook/index.js';

/** @param name - what to call the encoder */
export function embedded(encoder: tf.LayersModel, dataset: Dataset, name: string): Promise<Embeddings> {
  return embed(encoder, dataset, { onProgress: progress(`Embedding ${dataset.name} by ${name}`) });
}

/** Features in the folder: those it has are verified and kept. @param name - what to call the encoder */
export function extracted(
  encoder: tf.LayersModel,
  dataset: Dataset,
  folder: string,
  name: string,
): Promise<StoredFeatures> {
  return extractFeatures(encoder, dataset, folder, {
    onProgress: progress(`Embedding ${dataset.name} by ${name}`),
  });
}

/** A part of the features in the folder, which `evaluate.joinFeatures` puts together. */
export function extractedPart(
  encoder: tf.LayersModel,
  dataset: Dataset,
  folder: string,
  part: FeaturePart,
): Promise<void> {
  return extractPart(encoder, dataset, folder, part, {
    onProgress: progress(`Embedding ${dataset.name} by part ${part.index} of ${part.of}`),
  });
}
