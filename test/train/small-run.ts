import type * as tf from '@tensorflow/tfjs';
import { type Dataset, inMemory } from '../../src/data/index.js';
import { dcl } from '../../src/losses/index.js';
import { type Method, moco, nnclr, simclr } from '../../src/methods/index.js';
import { resnet8 } from '../../src/models/index.js';
import { type PretrainOptions, pretrain, type Run, type TrainEvent } from '../../src/train/index.js';

/** Twelve 6 x 6 images of noise. */
export function smallData(): Dataset {
  const pixels = Uint8Array.from({ length: 12 * 36 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) % 256);
  const labels = Int32Array.from({ length: 12 }, (_, i) => i % 2);
  return inMemory({ name: 'noise', pixels, shape: [6, 6, 1], labels, classes: ['even', 'odd'] });
}

/** The smallest residual network: the same weights every time. */
export function smallEncoder(width = 2): tf.LayersModel {
  return resnet8({ width, inputShape: [6, 6, 1], seed: 5 });
}

const small = { loss: dcl(), head: { outputFeatures: 3 } };

/** Every method, with queues that a batch of four does not divide. */
export const smallMethods: readonly Method[] = [
  simclr(small),
  moco({ ...small, queueSize: 7, keyMomentum: 0.8, keyMomentumSchedule: 'cosine' }),
  nnclr({ ...small, queueSize: 7 }),
];

/** Two epochs of three steps, each reported. */
export function smallRun(options: Partial<PretrainOptions> = {}): Run {
  return pretrain({
    data: smallData(),
    method: smallMethods[0]!,
    batchSize: 4,
    epochs: 2,
    reportEvery: 1,
    learningRate: 0.1,
    ...options,
    encoder: options.encoder ?? smallEncoder(),
  });
}

export async function eventsOf(run: Run): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

export function losses(events: readonly TrainEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}
