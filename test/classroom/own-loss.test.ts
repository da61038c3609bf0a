import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type OwnLoss, ownLoss } from '../../src/classroom/index.js';
import { inMemory, simclrViews } from '../../src/data/index.js';
import { use } from '../../src/engine/index.js';
import { dcl } from '../../src/losses/index.js';
import { type Method, simclr } from '../../src/methods/index.js';
import { resnet8 } from '../../src/models/index.js';
import { pretrain, type StepEvent } from '../../src/train/index.js';
import { solutions } from './solutions.js';

beforeAll(() => use({ name: 'onnxruntime' }));

const pixels = Uint8Array.from({ length: 24 * 12 * 12 }, (_, i) => Math.floor(127 * (1 + Math.sin(i * i))));
const data = inMemory({
  name: 'waves',
  shape: [12, 12, 1],
  classes: ['one'],
  labels: new Int32Array(24),
  pixels,
});

async function stepsOf(method: Method, smallCrops = false): Promise<StepEvent[]> {
  const crops = smallCrops ? { smallCrops: { count: 1, size: 8, scale: [0.1, 0.3] as const } } : {};
  const run = pretrain({
    encoder: resnet8({ inputShape: data.shape, width: 4, seed: 3 }),
    data,
    method,
    batchSize: 6,
    epochs: 2,
    views: simclrViews(crops),
    reportEvery: 1,
  });
  const steps: StepEvent[] = [];
  for await (const event of run) if (event.type === 'step') steps.push(event);
  return steps;
}

const temperature = 0.3;
const own = solutions.masked.dcl as OwnLoss;

test.each([
  ['its terms', own, false],
  ['their mean', ((...given) => tf.mean(own(...given))) satisfies OwnLoss, false],
  ['its terms, with small crops', own, true],
])("a student's DCL trains as the library's does: %s", async (_, loss, crops) => {
  const expected = await stepsOf(simclr({ loss: dcl({ temperature }) }), crops);
  const steps = await stepsOf(ownLoss(loss, { temperature }), crops);
  expect(steps).toHaveLength(8);
  for (const [i, step] of steps.entries()) {
    expect(step.loss).toBeCloseTo(expected[i]!.loss, 2);
    expect(step.multiplier.mean).toBeCloseTo(expected[i]!.multiplier.mean, 2);
  }
});

test('it says what it is, and what it cannot do', () => {
  const method = ownLoss(own, { name: 'mine', temperature });
  expect([method.name, method.loss.lossName, method.loss.settings]).toEqual([
    'simclr',
    'mine',
    { temperature },
  ]);
  const similarities = { positives: tf.tensor1d([1]), negatives: tf.tensor2d([[1]]) };
  expect(() => method.loss.ofSimilarities(similarities)).toThrow("The loss 'mine' takes embeddings");
  expect(() => ownLoss(own, { temperature: 0 })).toThrow('temperature is 0');
});
