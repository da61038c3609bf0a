import * as tf from '@tensorflow/tfjs';
import { epochOrder } from '../data/index.js';
import { type Repeatable, replayable } from '../engine/index.js';
import { InputError, requireInteger, requirePositive } from '../errors.js';
import { cosineWithWarmup, Sgd } from '../train/index.js';
import { type Classification, classification } from './classification.js';
import { assertComparable, type Embeddings } from './embed.js';

export interface LinearEvaluationOptions {
  /** Passes over the training embeddings; 90 by default. */
  readonly epochs?: number;
  /** 256 by default, or all rows where there are fewer; the last batch of an epoch may be smaller. */
  readonly batchSize?: number;
  /** Highest learning rate of the cosine schedule; 0.1 x batchSize / 256 by default. */
  readonly learningRate?: number;
  /** Decides the order of rows; 1 by default. */
  readonly seed?: number;
  /** Called after each epoch with its mean cross-entropy over the rows, in nats. */
  readonly onEpoch?: (epoch: number, epochs: number, loss: number) => void;
}

/** The classifier's accuracy on both sets, after the last epoch (not the best over epochs). */
export interface LinearEvaluation extends Classification {
  /** Accuracy on the embeddings it was fitted to, 0 to 1. */
  readonly trainTop1: number;
}

/**
 * Linear evaluation on frozen features: softmax regression by SGD (momentum 0.9, no weight decay, cosine), the usual
 * protocol without its augmentation. Features are first centred and scaled by the training set's mean and standard
 * deviation, so that one learning rate suits encoders of any scale.
 * @throws InputError where the two sets come from different encoders or classes or are not finite, where an option cannot
 *   be used, and where the classifier diverges, with advice to lower the learning rate
 */
export async function linearEvaluation(
  train: Embeddings,
  test: Embeddings,
  options: LinearEvaluationOptions = {},
): Promise<LinearEvaluation> {
  const { epochs = 90, seed = 1, onEpoch } = options;
  const batchSize = Math.min(options.batchSize ?? 256, train.count);
  const peak = options.learningRate ?? (0.1 * batchSize) / 256;
  requireInteger('epochs', epochs);
  requireInteger('batchSize', batchSize);
  requirePositive('learningRate', peak);
  assertComparable(train, test);
  const scale = standardisation(train);
  const features = standardised(train, scale);
  const classifier = new LinearClassifier(train.dimension, train.classes.length);
  const steps = Math.ceil(train.count / batchSize);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = epochOrder(train.count, seed, epoch);
      let total = 0;
      for (let step = 0; step < steps; step++) {
        const rows = order.subarray(step * batchSize, (step + 1) * batchSize);
        const schedule = { peak, totalSteps: epochs * steps, warmupSteps: 0 };
        const rate = cosineWithWarmup(epoch * steps + step, schedule);
        const [inputs, labels] = [take(features, train.dimension, rows), take(train.labels, 1, rows)];
        total += rows.length * (await classifier.step(inputs, labels, rate));
      }
      const loss = total / train.count;
      if (!Number.isFinite(loss)) throw diverged(epoch, peak);
      onEpoch?.(epoch + 1, epochs, loss);
    }
    const onTrain = classification(await classifier.scores(features), train);
    const onTest = classification(await classifier.scores(standardised(test, scale)), test);
    return { ...onTest, trainTop1: onTrain.top1 };
  } finally {
    classifier.dispose();
  }
}

function diverged(epoch: number, learningRate: number): InputError {
  return new InputError(
    `Linear evaluation diverged in epoch ${epoch + 1} at learning rate ${learningRate}; give a lower learningRate.`,
  );
}

/** One weight matrix and a bias, both starting at zero. */
class LinearClassifier {
  private readonly weight: tf.Variable;
  private readonly bias: tf.Variable;
  private readonly optimiser: Sgd;
  private readonly update: Repeatable;

  constructor(
    private readonly dimension: number,
    classes: number,
  ) {
    this.weight = tf.tidy(() => tf.variable(tf.zeros([dimension, classes])));
    this.bias = tf.tidy(() => tf.variable(tf.zeros([classes])));
    this.optimiser = new Sgd([this.weight, this.bias], { momentum: 0.9, weightDecay: 0 });
    this.update = replayable(
      (rows, labels, rate) => {
        const targets = tf.oneHot(labels as tf.Tensor1D, classes);
        const crossEntropy = () =>
          tf.losses.softmaxCrossEntropy(targets, this.logits(rows as tf.Tensor2D)) as tf.Scalar;
        const { value, grads } = tf.variableGrads(crossEntropy, [this.weight, this.bias]);
        this.optimiser.step([grads[this.weight.name]!, grads[this.bias.name]!], rate as tf.Scalar);
        return [value];
      },
      [this.weight, this.bias, ...this.optimiser.slots.velocity],
    );
  }

  /** One step of SGD on rows [n, dimension] with their labels; returns the mean cross-entropy in nats. */
  async step(rows: Float32Array, labels: Int32Array, learningRate: number): Promise<number> {
    const [loss] = tf.tidy(() =>
      this.update(this.matrix(rows), tf.tensor1d(labels, 'int32'), tf.scalar(learningRate)),
    );
    const [value] = await loss!.data();
    loss!.dispose();
    return value!;
  }

  /** Logits of all rows, [n, classes]. */
  async scores(rows: Float32Array): Promise<Float32Array> {
    const logits = tf.tidy(() => this.logits(this.matrix(rows)));
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return values;
  }

  dispose(): void {
    tf.dispose([this.weight, this.bias]);
    this.optimiser.dispose();
  }

  private logits(rows: tf.Tensor2D): tf.Tensor2D {
    return tf.add(tf.matMul(rows, this.weight as unknown as tf.Tensor2D), this.bias);
  }

  private matrix(rows: Float32Array): tf.Tensor2D {
    return tf.tensor2d(rows, [rows.length / this.dimension, this.dimension]);
  }
}

interface Standardisation {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

function standardisation({ features, count, dimension }: Embeddings): Standardisation {
  const mean = new Float64Array(dimension);
  const square = new Float64Array(dimension);
  for (let i = 0; i < features.length; i++) mean[i % dimension]! += features[i]! / count;
  for (let i = 0; i < features.length; i++)
    square[i % dimension]! += (features[i]! - mean[i % dimension]!) ** 2 / count;
  // A feature that never changes stays at 0 rather than dividing by 0.
  return { mean, deviation: square.map((variance) => Math.sqrt(variance) || 1) };
}

function standardised(
  { features, dimension }: Embeddings,
  { mean, deviation }: Standardisation,
): Float32Array {
  return features.map((value, i) => (value - mean[i % dimension]!) / deviation[i % dimension]!);
}

function take<T extends Float32Array | Int32Array>(values: T, width: number, rows: Int32Array): T {
  const taken = values.slice(0, rows.length * width) as T;
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return taken;
}
