import * as tf from '@tensorflow/tfjs';
import type { Dataset } from '../data/index.js';
import { type Repeatable, replayable } from '../engine/index.js';
import { InputError, requireInteger } from '../errors.js';
import {
  type BatchGradients,
  batchGradients,
  type Differentiable,
  images,
  stateOf,
} from './batch-gradients.js';
import type { Chunk } from './gradient-cache.js';
import { GradientSum } from './gradient-sum.js';

/** What one batch gave, besides the gradients that were added up. */
type Parts = Omit<BatchGradients, 'gradients'>;

/**
 * The mean of several batches' gradients. Unlike gradient caching it is not the gradient of one large batch: every batch is
 * compared within itself, so there are no more negatives than in one of them.
 */
export class GradientAccumulation {
  private readonly add: Repeatable;
  private readonly sum: GradientSum;

  constructor(
    private readonly model: Differentiable,
    /** How many batches a mean is of. */
    private readonly count: number,
  ) {
    this.sum = new GradientSum(model.weights);
    this.add = replayable(
      (...views) => {
        const { gradients, loss, multiplier, constant } = batchGradients(model, views as tf.Tensor4D[]);
        this.sum.add(gradients.map((gradient) => tf.div(gradient, count)));
        return [loss, multiplier, ...constant];
      },
      [...stateOf(model.learner), ...this.sum.sums],
    );
  }

  /**
   * @param batches - `count` of them
   * @returns the mean loss, q of all anchors, and the embeddings that have no gradient, those of the latest batch first, as a
   *   queue wants them; for the caller to dispose. The gradients hold until the next call
   */
  async gradients(batches: AsyncIterable<Chunk>): Promise<BatchGradients> {
    const parts: Parts[] = [];
    this.sum.clear();
    try {
      for await (const { views } of batches) {
        const [loss, multiplier, ...constant] = tf.tidy(() => this.add(...images(views, this.model.shapes)));
        parts.push({ loss, multiplier, constant } as Parts);
        // Reading computes the batch, and with it frees what only its backward pass needed.
        await loss!.data();
      }
      return { ...this.joined(parts), gradients: this.sum.sums };
    } finally {
      tf.dispose(parts.flatMap((part) => Object.values(part).flat()));
    }
  }

  dispose(): void {
    this.sum.dispose();
  }

  private joined(parts: readonly Parts[]): Parts {
    return tf.tidy(() => {
      const latestFirst = [...parts].reverse();
      return {
        loss: tf.div(tf.addN(parts.map(({ loss }) => loss)), this.count) as tf.Scalar,
        multiplier: tf.concat(parts.map(({ multiplier }) => multiplier)),
        constant: parts[0]!.constant.map((_, k) =>
          tf.concat(latestFirst.map(({ constant }) => constant[k]!)),
        ),
      };
    });
  }
}

interface Accumulated {
  readonly accumulate: number;
  readonly batchSize: number;
  readonly chunkSize: number | undefined;
  readonly data: Pick<Dataset, 'name' | 'length'>;
}

/** @throws InputError for a number of batches that is none, that an epoch does not have, or beside gradient caching */
export function requireAccumulation({ accumulate, batchSize, chunkSize, data }: Accumulated): void {
  requireInteger('accumulate', accumulate);
  if (accumulate === 1) return;
  if (chunkSize !== undefined) {
    throw new InputError(
      `accumulate is ${accumulate} and chunkSize ${chunkSize}: give chunkSize alone for the gradient of one large batch, or ` +
        'accumulate alone for the mean of the gradients of several.',
    );
  }
  if (accumulate * batchSize > data.length) {
    throw new InputError(
      `accumulate is ${accumulate}, but ${accumulate} batches of ${batchSize} are more than the ${data.length} images of ` +
        `${data.name}; take fewer or smaller batches.`,
    );
  }
}

/** What one should know who takes it for a large batch. */
export function accumulationWarning(count: number, batchSize: number): string {
  return (
    `Gradients of ${count} batches of ${batchSize} images are averaged before each update. This is not a batch of ` +
    `${count * batchSize}: each batch is compared within itself, so there are no more negatives, and batch norm normalises it ` +
    'by itself. A momentum encoder or a queue follows once after each update. chunkSize (gradient caching) gives the ' +
    'gradient of the large batch instead.'
  );
}
