import * as tf from '@tensorflow/tfjs';
import { type Dataset, inMemory, simclrViews } from '../../../src/data/index.js';
import type { SupervisedOptions } from '../../../src/evaluate/index.js';
import type {
  SupervisedEvent,
  SupervisedResult,
  SupervisedRun,
} from '../../../src/evaluate/supervised/events.js';
import { BatchNorm } from '../../../src/models/batch-norm.js';

/** Images of 6 x 6 noise whose brightness tells the class, three classes in turn. */
export function smallImages(count: number, name = 'noise'): Dataset {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Uint8Array.from(
    { length: count * 36 },
    (_, i) => 60 * labels[Math.floor(i / 36)]! + ((i * 7919 + (i >> 3) * 104_729) % 100),
  );
  return inMemory({ name, pixels, shape: [6, 6, 1], labels, classes: ['dark', 'gray', 'light'] });
}

/** A convolution and a batch norm, pooled to four features: the same weights every time. */
export function smallEncoder(): tf.LayersModel {
  const images = tf.input({ shape: [6, 6, 1] });
  const kernel = tf.tensor4d(
    Array.from({ length: 36 }, (_, i) => Math.sin(i * 1.3)),
    [3, 3, 1, 4],
  );
  const convolution = tf.layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, weights: [kernel] });
  const normalised = new BatchNorm().apply(convolution.apply(images));
  const active = tf.layers.reLU().apply(normalised);
  const features = tf.layers.globalAveragePooling2d({}).apply(active) as tf.SymbolicTensor;
  return tf.model({ name: 'small', inputs: images, outputs: features });
}

/** Views that are the images themselves. */
export const unchanged = simclrViews({
  cropScale: [1, 1],
  cropRatio: [1, 1],
  flipProbability: 0,
  jitterProbability: 0,
  grayscaleProbability: 0,
});

/** Two epochs of three steps, each reported. */
export function small(options: Partial<SupervisedOptions> = {}): SupervisedOptions {
  return {
    train: smallImages(12, 'noise train'),
    test: smallImages(9, 'noise test'),
    batchSize: 4,
    epochs: 2,
    learningRate: 0.1,
    reportEvery: 1,
    ...options,
    encoder: options.encoder ?? smallEncoder(),
  };
}

/** Reads a run to its end. */
export async function eventsOf(run: SupervisedRun): Promise<SupervisedEvent[]> {
  const events: SupervisedEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

export async function resultOf(run: SupervisedRun): Promise<SupervisedResult> {
  const last = (await eventsOf(run)).at(-1);
  if (last?.type !== 'end' || last.result === undefined) throw new Error('The run was not completed.');
  return last.result;
}

/** A result without the times, which differ from run to run. */
export function timeless(result: SupervisedResult): SupervisedResult {
  return { ...result, history: result.history.map((epoch) => ({ ...epoch, seconds: 0 })) };
}
