import * as tf from '@tensorflow/tfjs';
import { epochOrder } from '../data/index.js';
import { InputError, requireInteger, requirePositive } from '../errors.js';
import { cosineWithWarmup } from '../train/index.js';
import { assertComparable, blocksOf, type FeatureSet, type Features, featureSet } from './feature-set.js';
import { prefetched } from './prefetched.js';
import { type ProbabilisticClassification, ProbabilityTally } from './probabilities.js';
import { standardisation, standardised } from './standardisation.js';
import { linearClassifier, SupervisedStep, weightsOf } from './supervised/step.js';

/** How {@link linearEvaluation} fits its classifier. */
export interface LinearEvaluationOptions {
  /** Passes over the training features; 90 by default. */
  readonly epochs?: number;
  /** 256 by default, or all rows where there are fewer; the last batch of an epoch may be smaller. */
  readonly batchSize?: number;
  /** Highest learning rate of the cosine schedule; 0.1 x batchSize / 256 by default. */
  readonly learningRate?: number;
  /** Whether features are first centred and scaled by the training set's mean and standard deviation; they are by default. */
  readonly standardise?: boolean;
  /** Decides the order of rows; 1 by default. */
  readonly seed?: number;
  /** Called after each epoch with its mean cross-entropy over the rows, in nats. */
  readonly onEpoch?: (epoch: number, epochs: number, loss: number) => void;
  /** Called after each batch with the rows trained on so far, in all epochs, and then those classified. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The classifier's accuracy on both sets, after the last epoch (not the best over epochs). */
export interface LinearEvaluation extends ProbabilisticClassification {
  /** Accuracy on the features it was fitted to, 0 to 1. */
  readonly trainTop1: number;
}

/**
 * Linear evaluation on frozen features: softmax regression by SGD (momentum 0.9, no weight decay, cosine), the usual
 * protocol without its augmentation. Features are standardised, so that one learning rate suits encoders of any scale.
 * In memory or on disk, the same features give the same result; those on disk are read a batch ahead.
 * @throws InputError where the two sets come from different encoders or classes or are not finite, where an option cannot
 *   be used, and where the classifier diverges, with advice to lower the learning rate
 *
 * @example
 * ```ts
 * const train = await dcl.evaluate.embed(encoder, mnist.train);
 * const test = await dcl.evaluate.embed(encoder, mnist.test);
 * const linear = await dcl.evaluate.linearEvaluation(train, test);
 * dcl.notebook.show(dcl.figures.confusionMatrix(dcl.evaluate.confusionMatrix(linear)));
 * ```
 */
export async function linearEvaluation(
  train: Features,
  test: Features,
  options: LinearEvaluationOptions = {},
): Promise<LinearEvaluation> {
  const { epochs = 90, seed = 1, standardise = true, onEpoch, onProgress } = options;
  const batchSize = Math.min(options.batchSize ?? 256, train.count);
  const peak = options.learningRate ?? (0.1 * batchSize) / 256;
  requireInteger('epochs', epochs);
  requireInteger('batchSize', batchSize);
  requirePositive('learningRate', peak);
  assertComparable(train, test);
  const [fitted, held] = [featureSet(train), featureSet(test)];
  const scale = standardise ? await standardisation(fitted) : undefined;
  const prepared = (rows: Float32Array) => (scale === undefined ? rows : standardised(rows, scale));
  const classifier = linearClassifier(train.dimension, train.classes.length);
  const weights = weightsOf([classifier], 'all');
  const logits = (features: tf.Tensor) => classifier.apply(features) as tf.Tensor2D;
  const step = new SupervisedStep({ logits, weights, state: weights }, train.classes.length);
  const steps = Math.ceil(train.count / batchSize);
  let seen = 0;
  const advance = (rows: number) => {
    seen += rows;
    onProgress?.(seen, (epochs + 1) * train.count + test.count);
  };
  const schedule = { peak, totalSteps: epochs * steps, warmupSteps: 0 };
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      let [total, done] = [0, epoch * steps];
      const order = epochOrder(train.count, seed, epoch);
      for await (const { features, labels, batches } of prefetched(batchesOf(fitted, order, batchSize))) {
        const rates = Array.from({ length: batches }, (_, i) => cosineWithWarmup(done + i, schedule));
        const losses = await step.run(prepared(features), [train.dimension], labels, rates);
        for (const loss of losses) total += (labels.length / batches) * loss;
        done += batches;
        advance(labels.length);
      }
      const loss = total / train.count;
      if (!Number.isFinite(loss)) throw diverged(epoch, peak);
      onEpoch?.(epoch + 1, epochs, loss);
    }
    const { top1: trainTop1 } = await classified(fitted, logits, prepared, advance);
    return { ...(await classified(held, logits, prepared, advance)), trainTop1 };
  } finally {
    step.dispose();
    classifier.dispose();
  }
}

function diverged(epoch: number, learningRate: number): InputError {
  return new InputError(
    `Linear evaluation diverged in epoch ${epoch + 1} at learning rate ${learningRate}; give a lower learningRate.`,
  );
}

/** Batches trained on in one run of the engine, at most: more gain little, and more rows only take memory. */
const mostAtOnce = { batches: 8, rows: 2048 };

/** The rows in this order with their labels, several batches at a time; one that is smaller comes by itself at the end. */
async function* batchesOf(features: FeatureSet, order: Int32Array, batchSize: number) {
  const fitting = Math.max(1, Math.floor(mostAtOnce.rows / batchSize));
  const rowsAtOnce = Math.min(mostAtOnce.batches, fitting) * batchSize;
  const whole = order.length - (order.length % batchSize);
  for (let start = 0; start < order.length; ) {
    const limit = start < whole ? Math.min(whole, start + rowsAtOnce) : order.length;
    const rows = order.subarray(start, limit);
    start = limit;
    const labels = rows.map((row) => features.labels[row]!);
    yield { features: await features.rows(rows), labels, batches: Math.ceil(rows.length / batchSize) };
  }
}

/** Rows scored at a time: bounds memory. */
const scoredRows = 4096;

async function classified(
  features: FeatureSet,
  logits: (features: tf.Tensor) => tf.Tensor2D,
  prepared: (rows: Float32Array) => Float32Array,
  advance: (rows: number) => void,
): Promise<ProbabilisticClassification> {
  const tally = new ProbabilityTally(features);
  for await (const { features: rows } of prefetched(blocksOf(features, scoredRows))) {
    const scores = tf.tidy(() =>
      logits(tf.tensor2d(prepared(rows), [rows.length / features.dimension, features.dimension])),
    );
    tally.add(await scores.data<'float32'>().finally(() => scores.dispose()));
    advance(rows.length / features.dimension);
  }
  return tally.result();
}
