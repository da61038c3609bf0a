/** What one step does on the TypeScript side, by the same calls that a notebook makes. */

import type { Views } from '../src/data/index.js';
import { type ImageShape, inMemory } from '../src/data/index.js';
import { embed } from '../src/evaluate/index.js';
import { dcl } from '../src/losses/index.js';
import { simclr } from '../src/methods/index.js';
import { sgd } from '../src/train/index.js';
import { TrainingStep } from '../src/train/training-step.js';
import type { Case } from './cases.js';
import { encoderOf, projectionSeed } from './network.js';
import { learningRate, temperature } from './protocol.js';

/** Takes a step. @returns its loss, or the features of the first image */
export type Step = () => Promise<readonly number[]>;

export function workload(each: Case): Step {
  return each.task === 'train' ? training(each) : embedding(each);
}

function training(each: Case): Step {
  const learner = simclr({ loss: dcl({ temperature }) }).start(encoderOf(each), projectionSeed);
  const step = new TrainingStep(learner, [shapeOf(each), shapeOf(each)], sgd());
  const length = each.images * each.pixels ** 2 * 3;
  const view = (first: number) => Float32Array.from({ length }, (_, i) => 0.5 + 0.5 * wave(first + i));
  const views: Views = [view(0), view(length)];
  return async () => [(await step.run(views, { learningRate, progress: 0.5 })).loss];
}

function embedding(each: Case): Step {
  const encoder = encoderOf(each);
  const { images, pixels: edge } = each;
  const pixels = Uint8Array.from({ length: images * edge ** 2 * 3 }, (_, i) => 127.5 + 127.5 * wave(i));
  const labels = new Int32Array(images);
  const dataset = inMemory({ name: 'waves', shape: shapeOf(each), classes: ['wave'], labels, pixels });
  return async () => {
    const { features, dimension } = await embed(encoder, dataset, { batchSize: images });
    return [...features.subarray(0, dimension)];
  };
}

function shapeOf({ pixels }: Case): ImageShape {
  return [pixels, pixels, 3];
}

/** Values in [-1, 1] that pytorch.py makes by the same formula. */
function wave(n: number): number {
  return Math.sin(0.37 * n * n + n);
}
