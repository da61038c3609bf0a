/** The evaluations of one encoder that a command asks for, one after the other. */
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { Splits } from '../data/index.js';
import {
  type Classification,
  type Embeddings,
  fineTune,
  knn,
  linearEvaluation,
  onlineLinearEvaluation,
  type StoredFeatures,
  type SupervisedOptions,
  type SupervisedRun,
} from '../evaluate/index.js';
import { progress, watchEvaluation } from '../notebook/index.js';
import { embedded, extracted } from './features.js';
import { given } from './option-values.js';

export interface EvaluationOptions {
  readonly knn: boolean;
  readonly linear: boolean;
  readonly online?: boolean;
  readonly fineTune?: boolean;
  readonly linearEpochs?: number;
  readonly fineTuneEpochs?: number;
  readonly batchSize?: number;
  readonly features?: string;
  readonly checkpoints?: string;
}

export interface Subject {
  /** What to call the encoder. */
  readonly name: string;
  readonly encoder: tf.LayersModel;
  readonly splits: Splits;
}

export interface Evaluation {
  readonly name: string;
  /** Undefined where it was stopped. */
  readonly result: Classification | undefined;
}

/** A name as part of a path. */
export function fileName(name: string): string {
  return name.replace(/[^\w.]+/g, '-').replace(/^[-.]+|-+$/g, '');
}

export async function* evaluations(
  subject: Subject,
  options: EvaluationOptions,
): AsyncGenerator<Evaluation, void, undefined> {
  if (options.knn || options.linear) yield* onFeatures(subject, options);
  if (options.online) {
    const epochs = options.linearEpochs;
    yield await supervised('online linear', onlineLinearEvaluation, epochs, subject, options);
  }
  if (options.fineTune) {
    yield await supervised('fine-tuned', fineTune, options.fineTuneEpochs, subject, options);
  }
}

async function* onFeatures(
  subject: Subject,
  { knn: byNeighbours, linear, linearEpochs, features: folder }: EvaluationOptions,
): AsyncGenerator<Evaluation, void, undefined> {
  const { name } = subject;
  const train = await featuresOf(subject, 'train', folder);
  const test = await featuresOf(subject, 'test', folder);
  try {
    if (byNeighbours) {
      yield {
        name: 'kNN',
        result: await knn(train, test, { onProgress: progress(`kNN by ${name} (pairs)`) }),
      };
    }
    if (linear) {
      const onProgress = progress(`Linear evaluation of ${name} (rows)`);
      const options = { onProgress, ...given({ epochs: linearEpochs }) };
      yield { name: 'linear', result: await linearEvaluation(train, test, options) };
    }
  } finally {
    for (const features of [train, test]) if ('close' in features) await features.close();
  }
}

function featuresOf(
  { name, encoder, splits }: Subject,
  split: 'train' | 'test',
  folder: string | undefined,
): Promise<Embeddings | StoredFeatures> {
  const dataset = splits[split];
  if (folder === undefined) return embedded(encoder, dataset, name);
  return extracted(encoder, dataset, join(folder, fileName(name), split), name);
}

async function supervised(
  name: string,
  protocol: (options: SupervisedOptions) => SupervisedRun,
  epochs: number | undefined,
  { name: encoderName, encoder, splits }: Subject,
  { checkpoints, batchSize }: EvaluationOptions,
): Promise<Evaluation> {
  const checkpoint = checkpoints && join(checkpoints, fileName(encoderName), fileName(name));
  const run = protocol({
    encoder,
    ...splits,
    ...given({ epochs, batchSize, checkpoint }),
    existing: 'resume',
  });
  return { name, result: (await watchEvaluation(run)).result };
}
