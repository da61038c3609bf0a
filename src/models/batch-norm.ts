import * as tf from '@tensorflow/tfjs';
import { type ChannelMoments, channelMoments, normaliseByBatch } from './normalise-by-batch.js';

/** How a {@link BatchNorm} is stored; PyTorch's defaults. */
interface Config {
  /** How much of the moving statistics each training step keeps. */
  readonly momentum: number;
  /** Added to the variance. */
  readonly epsilon: number;
}

const defaults: Config = { momentum: 0.9, epsilon: 1e-5 };

/** What a model is applied with; batch norm is all that it makes a difference to. */
export interface BatchNormOptions {
  /** Normalise by the batch and move the statistics; by default by the moving statistics, which stay. */
  readonly training?: boolean;
  /** Without `training`: move the statistics by the batch after they have normalised it; not by default. */
  readonly track?: boolean;
}

type LayerConfig = Partial<Config> & { readonly name?: string };

/**
 * Batch normalisation over the last axis (Ioffe and Szegedy, 2015), [..., C] to the same shape, with the weights
 * gamma, beta, moving_mean and moving_variance of tf.layers.batchNormalization and the behaviour of PyTorch: the
 * moving variance takes the unbiased one of the batch, the output the biased one.
 *
 * Called with `{ training: true }` it normalises by the batch and moves the statistics, otherwise by the moving
 * statistics; with `{ track: true }` it moves these afterwards, so that what comes out depends on earlier batches alone.
 * The training form goes over its input few times: two sums per channel and one affine map forward, two sums and one
 * affine map of (dy, x) backward.
 */
export class BatchNorm extends tf.layers.Layer {
  static className = 'BatchNorm';

  private readonly momentum: number;
  private readonly epsilon: number;
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;
  private movingMean!: tf.LayerVariable;
  private movingVariance!: tf.LayerVariable;

  constructor(config: LayerConfig = {}) {
    const { momentum = defaults.momentum, epsilon = defaults.epsilon, ...base } = config;
    super(base);
    this.momentum = momentum;
    this.epsilon = epsilon;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = [(inputShape as tf.Shape).at(-1)!];
    const { ones, zeros } = tf.initializers;
    this.gamma = this.addWeight('gamma', shape, 'float32', ones());
    this.beta = this.addWeight('beta', shape, 'float32', zeros());
    this.movingMean = this.addWeight('moving_mean', shape, 'float32', zeros(), undefined, false);
    this.movingVariance = this.addWeight('moving_variance', shape, 'float32', ones(), undefined, false);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: BatchNormOptions): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [gamma, beta] = [read(this.gamma), read(this.beta)];
      if (options.training === true) {
        const moments = channelMoments(x);
        this.moveBoth(moments);
        return normaliseByBatch(x, gamma, beta, moments, this.epsilon);
      }
      const [mean, variance] = [read(this.movingMean), read(this.movingVariance)];
      const normalised = tf.batchNorm(x, mean, variance, beta, gamma, this.epsilon);
      if (options.track === true) this.moveBoth(channelMoments(x));
      return normalised;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.momentum, epsilon: this.epsilon };
  }

  private moveBoth({ mean, variance, count }: ChannelMoments): void {
    this.move(this.movingMean, mean);
    this.move(this.movingVariance, tf.mul(variance, count / (count - 1)));
  }

  private move(statistic: tf.LayerVariable, batch: tf.Tensor): void {
    const kept = tf.mul(read(statistic), this.momentum);
    statistic.write(tf.add(kept, tf.mul(batch, 1 - this.momentum)));
  }
}

function read(variable: tf.LayerVariable): tf.Tensor1D {
  return variable.read() as tf.Tensor1D;
}

tf.serialization.registerClass(BatchNorm);
