/** What small learners are given, and what they hold. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Views } from '../../src/data/index.js';
import { byName } from '../../src/losses/index.js';
import type { BatchResult, Learner } from '../../src/methods/index.js';
import { sgd } from '../../src/train/index.js';
import { type StepPlace, TrainingStep } from '../../src/train/training-step.js';
import { embeddings } from '../losses/embeddings.js';
import {
  type Exponents,
  type LossName,
  lossOfExponents,
  multipliersOf,
  type Rows,
  weightsOf,
} from '../losses/reference.js';
import { chirp } from '../models/chirp.js';

/** Dimension of all embeddings. */
export const head = { outputFeatures: 3 };

/** Of the losses that `lossOf` makes. */
export const temperature = 0.2;

const images = 4;

export const lossOf = (name: LossName) => byName(name, { temperature });

/** A view of four images for each size, 6 being that of `smallEncoder`'s images; every view and image differs. */
export function viewsOf(...sizes: readonly number[]): tf.Tensor4D[] {
  return sizes.map((size, view) => chirp([images, size, size, 1], 0.7 * view) as tf.Tensor4D);
}

/** The same as the training takes them. */
export function pixelsOf(...sizes: readonly number[]): Views {
  return tf.tidy(() => viewsOf(...sizes).map((view) => view.dataSync<'float32'>())) as unknown as Views;
}

const shape = [6, 6, 1] as const;

/** Steps on two views. */
export function stepsOf(learner: Learner, optimiser = sgd()): TrainingStep {
  return new TrainingStep(learner, [shape, shape], optimiser);
}

/** One step on two views. */
export async function stepOf(learner: Learner, place: Partial<StepPlace> = {}): Promise<void> {
  const steps = stepsOf(learner);
  await steps.run(pixelsOf(6, 6), { learningRate: 0.1, progress: 0.5, ...place });
  steps.dispose();
}

/** Every weight, moving statistics included. */
export function valuesOf(model: tf.LayersModel): number[][] {
  return model.weights.map((weight) => [...weight.read().dataSync()]);
}

/** The loss and q are the paper's formulas of these anchors. */
export function expectResult(
  { loss, multiplier }: BatchResult,
  name: LossName,
  anchors: readonly Exponents[],
): void {
  const similarities = anchors.map(({ positive }) => positive * temperature);
  const expected = lossOfExponents(name, anchors, weightsOf(similarities, 0.5));
  expect(loss.arraySync()).toBeCloseTo(expected, 4);
  expect(multiplier.shape).toEqual([anchors.length]);
  const values = multiplier.dataSync();
  for (const [i, q] of multipliersOf(anchors).entries()) expect(values[i]).toBeCloseTo(q, 5);
}

export const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

export const queueOf = ({ memory }: Learner) => memory.queue!.arraySync() as number[][];

/** Embeddings of several views of the same 2 to 5 images. */
export function embeddedViews(count: number): fc.Arbitrary<Rows[]> {
  return fc
    .integer({ min: 2, max: 5 })
    .chain((rows) => fc.array(embeddings(rows, head.outputFeatures), { minLength: count, maxLength: count }));
}
