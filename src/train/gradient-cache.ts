/**
 * Gradient caching (Gao et al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup, 2021): the
 * gradient of a batch whose network activations do not fit the memory. Every chunk of the batch is embedded, and its
 * activations are forgotten; the loss of all embeddings is differentiated with respect to them; then every chunk is
 * embedded again and the slopes found for its embeddings are propagated back, and the weights' gradients added up.
 */
import * as tf from '@tensorflow/tfjs';
import type { Views } from '../data/index.js';
import { lengthOf } from '../data/view.js';
import { type Repeatable, replayable } from '../engine/index.js';
import { keepingStatistics } from '../models/index.js';
import { type BatchGradients, type Differentiable, images, stateOf } from './batch-gradients.js';
import { GradientSum } from './gradient-sum.js';

/** Some images of a batch. */
export interface Chunk {
  readonly views: Views;
}

/** One of the embeddings of a learner's `embed`, or the slopes of the loss in it: [rows, width], row by row. */
interface Matrix {
  readonly values: Float32Array;
  readonly width: number;
}

export class GradientCache {
  private readonly embed: Repeatable;
  private readonly propagate: Repeatable;
  private readonly sum: GradientSum;
  /** How many of the embeddings, the first of them, have no gradient; known once something was embedded. */
  private constants = 0;

  constructor(private readonly model: Differentiable) {
    const { learner, weights } = model;
    const [models, state] = [Object.values(learner.models), stateOf(learner)];
    this.sum = new GradientSum(weights);
    this.embed = replayable(
      (...views) =>
        keepingStatistics(models, () => {
          const { trained, constant } = learner.embed(views as tf.Tensor4D[]);
          this.constants = constant.length;
          return [...constant, ...trained];
        }),
      state,
    );
    this.propagate = replayable(
      (...inputs) => {
        const views = inputs.slice(0, model.shapes.length) as tf.Tensor4D[];
        return [this.addGradients(views, inputs.slice(views.length))];
      },
      [...state, ...this.sum.sums],
    );
  }

  /**
   * Equal to the gradient of the batch embedded all at once, but for batch norm: it normalises each chunk by the chunk's
   * own statistics (ghost batch norm, Hoffer et al., 2017), and moves its statistics once for each chunk, in the second
   * pass alone. Memory is that of one chunk and of the loss; the time that of one more forward pass.
   *
   * @param chunks draws the batch's chunks, all of one size, and the same ones again the second time
   * @returns loss, q and embeddings for the caller to dispose; the gradients hold until the next call
   */
  async gradients(chunks: () => AsyncIterable<Chunk>): Promise<BatchGradients> {
    const { slopes, ...batch } = this.differentiateLoss(await this.embedAll(chunks()));
    try {
      await this.propagateBack(chunks(), await matrices(slopes));
    } catch (error) {
      tf.dispose(Object.values(batch).flat());
      throw error;
    }
    return { ...batch, gradients: this.sum.sums };
  }

  dispose(): void {
    this.sum.dispose();
  }

  private async embedAll(chunks: AsyncIterable<Chunk>): Promise<Matrix[]> {
    const parts: Matrix[][] = [];
    for await (const { views } of chunks) {
      const embeddings = tf.tidy(() => this.embed(...images(views, this.model.shapes)));
      parts.push(await matrices(embeddings as tf.Tensor2D[]));
    }
    return parts[0]!.map(({ width }, k) => ({
      width,
      values: joined(parts.map((part) => part[k]!.values)),
    }));
  }

  private differentiateLoss(embeddings: readonly Matrix[]) {
    const tensors = embeddings.map((matrix) => tensorOf(matrix));
    const [constant, trained] = [tensors.slice(0, this.constants), tensors.slice(this.constants)];
    let multiplier: tf.Tensor | undefined;
    const { value, grads } = tf.tidy(() =>
      tf.valueAndGrads((...z) => {
        const result = this.model.learner.compare({ trained: z as tf.Tensor2D[], constant });
        multiplier = tf.keep(result.multiplier);
        return result.loss;
      })(trained),
    );
    tf.dispose(trained);
    return {
      loss: value as tf.Scalar,
      multiplier: multiplier!,
      constant,
      slopes: grads as tf.Tensor2D[],
    };
  }

  private async propagateBack(chunks: AsyncIterable<Chunk>, slopes: readonly Matrix[]): Promise<void> {
    const { shapes } = this.model;
    this.sum.clear();
    let row = 0;
    for await (const { views } of chunks) {
      const end = row + views[0].length / lengthOf(shapes[0]!);
      const [value] = tf.tidy(() =>
        this.propagate(...images(views, shapes), ...slopes.map((matrix) => tensorOf(matrix, row, end))),
      );
      // Reading computes the chunk, and with it frees what only its backward pass needed.
      await value!.data().finally(() => value!.dispose());
      row = end;
    }
  }

  /** Adds the gradient of the sum of the products of embeddings and slopes, and returns that sum. */
  private addGradients(views: readonly tf.Tensor4D[], slopes: readonly tf.Tensor[]): tf.Scalar {
    const { learner, weights } = this.model;
    const { value, grads } = tf.variableGrads(() => {
      const products = learner.embed(views).trained.map((z, k) => tf.sum(tf.mul(z, slopes[k]!)));
      return tf.addN(products) as tf.Scalar;
    }, [...weights]);
    this.sum.add(weights.map(({ name }) => grads[name]!));
    return value;
  }
}

function tensorOf({ values, width }: Matrix, row = 0, end = values.length / width): tf.Tensor2D {
  return tf.tensor2d(values.subarray(row * width, end * width), [end - row, width]);
}

/** Reads and disposes the tensors. */
async function matrices(tensors: readonly tf.Tensor2D[]): Promise<Matrix[]> {
  try {
    return await Promise.all(
      tensors.map(async (tensor) => ({ values: await tensor.data<'float32'>(), width: tensor.shape[1] })),
    );
  } finally {
    tf.dispose([...tensors]);
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    values.set(part, end);
    end += part.length;
  }
  return values;
}
