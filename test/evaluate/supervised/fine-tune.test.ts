import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { epochOrder } from '../../../src/data/index.js';
import { use } from '../../../src/engine/index.js';
import { fineTune } from '../../../src/evaluate/index.js';
import { loadModels } from '../../../src/train/index.js';
import { engines } from '../../engines.js';
import { grayEncoder, graySteps } from '../gray-steps.js';
import { temporaryFolder } from '../temporary-folder.js';
import { resultOf, small, smallEncoder, unchanged } from './small-evaluation.js';

const folder = temporaryFolder();

/** Mean losses of two epochs of training a x gray and softmax regression on it together, an image at a time. */
function naiveLosses(grays: readonly number[], labels: readonly number[], rateOf: (step: number) => number) {
  // The encoder's factor, three weights, three biases.
  const weights = [2, 0, 0, 0, 0, 0, 0];
  const velocities = weights.map(() => 0);
  let step = 0;
  return [0, 1].map((epoch) => {
    const order = [...epochOrder(grays.length, 4, epoch)];
    const batches = [order.slice(0, 4), order.slice(4, 8), order.slice(8, 12)];
    let total = 0;
    for (const images of batches) {
      const gradient = weights.map(() => 0);
      for (const image of images) {
        const gray = grays[image]!;
        const feature = weights[0]! * gray;
        const exponentials = [0, 1, 2].map((c) => Math.exp(weights[1 + c]! * feature + weights[4 + c]!));
        const sum = exponentials.reduce((all, value) => all + value, 0);
        total -= Math.log(exponentials[labels[image]!]! / sum) / images.length;
        for (const c of [0, 1, 2]) {
          const error = (exponentials[c]! / sum - Number(labels[image] === c)) / images.length;
          gradient[0]! += error * weights[1 + c]! * gray;
          gradient[1 + c]! += error * feature;
          gradient[4 + c]! += error;
        }
      }
      for (const i of weights.keys()) {
        velocities[i] = 0.9 * velocities[i]! + gradient[i]!;
        weights[i]! -= rateOf(step) * velocities[i]!;
      }
      step += 1;
    }
    return total / batches.length;
  });
}

describe.each(engines)('fineTune on %s', (name) => {
  beforeAll(async () => {
    await use({ name });
  });

  test('moves encoder and classifier together, as a loop over single images does', async () => {
    const train = graySteps(12);
    const learningRate = 0.8;
    const { history } = await resultOf(
      fineTune({
        encoder: grayEncoder(2),
        train,
        test: train,
        batchSize: 4,
        epochs: 2,
        seed: 4,
        learningRate,
        views: unchanged,
      }),
    );
    const grays = Array.from({ length: 12 }, (_, i) => (7 * i) / 255);
    const rate = (step: number) => (learningRate * (1 + Math.cos((Math.PI * step) / 6))) / 2;
    const expected = naiveLosses(grays, [...train.labels], rate);
    expect(history.map(({ loss }) => loss)).toEqual(expected.map((loss) => expect.closeTo(loss, 5)));
  });

  test('trains a copy with its batch norms in training mode; the checkpoint has what it came to', async () => {
    const encoder = smallEncoder();
    const checkpoint = folder();
    const { history } = await resultOf(
      fineTune(small({ encoder, checkpoint, epochs: 6, learningRate: 0.5 })),
    );
    expect(history[5]!.loss).toBeLessThan(history[0]!.loss);
    const models = await loadModels(checkpoint);
    expect(Object.keys(models)).toEqual(['encoder', 'classifier']);
    for (const [i, tuned] of models.encoder.getWeights().entries()) {
      const original = encoder.getWeights()[i]!;
      expect(await tf.max(tf.abs(tf.sub(tuned, original))).data(), `weight ${i}`).not.toEqual(
        Float32Array.of(0),
      );
    }
  });
});
