import * as tf from '@tensorflow/tfjs';
import { InputError, requireOneOf, requirePositive, requireRange } from '../errors.js';
import type { Optimiser, OptimiserChoice } from './optimiser.js';
import { zerosLike } from './zeros-like.js';

/** Which of the two programs that are both called LARS; see {@link lars}. */
export type LarsForm = 'google' | 'pytorch';

/** Which form of {@link lars}, and its settings. */
export interface LarsOptions {
  /** `pytorch` by default. */
  readonly form?: LarsForm;
  /** Share of the previous update that is kept, from 0 to 1; 0.9 by default. */
  readonly momentum?: number;
  /** Trust coefficient eta, above 0; 0.001 by default. */
  readonly trustCoefficient?: number;
  /** Multiple of each weight added to its gradient; 1e-6 by default. */
  readonly weightDecay?: number;
  /**
   * Whether biases, gamma and beta get neither weight decay nor a trust ratio, but the plain gradient; they do not by
   * default.
   */
  readonly excludeBiasesAndNorms?: boolean;
  /** Added to the denominator of the form `pytorch`; 1e-8 by default. */
  readonly epsilon?: number;
  /**
   * Of the form `pytorch`, whether trust ratio x learning rate, a weight's own learning rate, is at most the learning rate
   * (solo-learn's clip_lr, from NVIDIA's LARC): the ratio is then min(ratio / learning rate, 1). Not by default.
   */
  readonly clip?: boolean;
}

const defaults = {
  form: 'pytorch' as LarsForm,
  momentum: 0.9,
  trustCoefficient: 1e-3,
  weightDecay: 1e-6,
  excludeBiasesAndNorms: true,
};

const pytorchDefaults = { epsilon: 1e-8, clip: false };

/**
 * Layer-wise adaptive rate scaling (You et al., Large Batch Training of Convolutional Networks, 2017): the gradient of each
 * weight tensor is scaled to the tensor's own norm. Two forms are in use, which differ; with g the gradient, v a velocity:
 *
 * - `google` (google-research/simclr, lars_optimizer.py): g' = g + weightDecay w, ratio = eta |w| / |g'|, or 1 where one of
 *   the two is 0; v := momentum v + learningRate ratio g', w := w - v. A lower learning rate leaves older updates as large as
 *   they were.
 * - `pytorch` (lightly, solo-learn, both from Lightning Bolts): ratio = eta |w| / (|g| + weightDecay |w| + epsilon),
 *   v := momentum v + ratio (g + weightDecay w), or + g where |w| or |g| is 0; w := w - learningRate v. A lower learning rate
 *   lowers older updates, too. (lightly leaves out the ratio where weightDecay is 0; here, as in solo-learn, it stays.)
 *
 * @throws InputError for a value that is out of range, and for `epsilon` or `clip` with the form `google`, which has neither
 */
export function lars(options: LarsOptions = {}): OptimiserChoice {
  const settings = complete(options);
  requireOneOf('form', settings.form, ['google', 'pytorch']);
  requireRange('momentum', settings.momentum, 0, 1);
  requirePositive('trustCoefficient', settings.trustCoefficient);
  requireRange('weightDecay', settings.weightDecay, 0);
  if (settings.epsilon !== undefined) requireRange('epsilon', settings.epsilon, 0);
  return {
    name: 'lars',
    settings: settings as OptimiserChoice['settings'],
    start: (weights, biasesAndNorms) => new Lars(weights, settings, biasesAndNorms),
  };
}

type Settings = typeof defaults & Partial<typeof pytorchDefaults>;

function complete(options: LarsOptions): Settings {
  const settings = { ...defaults, ...options };
  if (settings.form !== 'google') return { ...pytorchDefaults, ...settings };
  for (const option of ['epsilon', 'clip'] as const) {
    if (settings[option] !== undefined) {
      throw new InputError(
        `${option} is ${settings[option]}, but LARS in the form google has none: leave it out.`,
      );
    }
  }
  return settings;
}

class Lars implements Optimiser {
  readonly slots: { readonly velocity: readonly tf.Variable[] };

  constructor(
    private readonly weights: readonly tf.Variable[],
    private readonly settings: Settings,
    private readonly biasesAndNorms: ReadonlySet<tf.Variable> = new Set(),
  ) {
    this.slots = { velocity: zerosLike(weights) };
  }

  step(gradients: readonly tf.Tensor[], rate: tf.Scalar): void {
    tf.tidy(() => {
      const momentum = tf.scalar(this.settings.momentum);
      for (const [i, weight] of this.weights.entries()) {
        const velocity = this.slots.velocity[i]!;
        const kept = tf.mul(velocity, momentum);
        const gradient = this.scaled(weight, gradients[i]!, rate);
        if (this.settings.form === 'google') {
          velocity.assign(tf.add(kept, tf.mul(gradient, rate)));
          weight.assign(tf.sub(weight, velocity));
        } else {
          velocity.assign(tf.add(kept, gradient));
          weight.assign(tf.sub(weight, tf.mul(velocity, rate)));
        }
      }
    });
  }

  dispose(): void {
    tf.dispose([...this.slots.velocity]);
  }

  /** The gradient with weight decay, times the trust ratio. */
  private scaled(weight: tf.Variable, gradient: tf.Tensor, rate: tf.Scalar): tf.Tensor {
    const { form, excludeBiasesAndNorms, weightDecay, trustCoefficient } = this.settings;
    if (excludeBiasesAndNorms && this.biasesAndNorms.has(weight)) return gradient;
    const decayed = tf.add(gradient, tf.mul(weight, weightDecay));
    const weightNorm = norm(weight);
    const gradientNorm = norm(form === 'google' ? decayed : gradient);
    const ratio = tf.div(tf.mul(weightNorm, trustCoefficient), this.denominator(weightNorm, gradientNorm));
    const adapts = tf.greater(tf.minimum(weightNorm, gradientNorm), 0);
    if (form === 'google') return tf.mul(decayed, tf.where(adapts, ratio, 1));
    const clipped = this.settings.clip ? tf.minimum(tf.div(ratio, rate), 1) : ratio;
    const decay = tf.where(adapts, tf.mul(clipped, weightDecay), 0);
    return tf.add(tf.mul(gradient, tf.where(adapts, clipped, 1)), tf.mul(weight, decay));
  }

  private denominator(weightNorm: tf.Tensor, gradientNorm: tf.Tensor): tf.Tensor {
    const { form, weightDecay, epsilon } = this.settings;
    if (form === 'google') return gradientNorm;
    return tf.add(tf.add(gradientNorm, tf.mul(weightNorm, weightDecay)), epsilon!);
  }
}

function norm(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(x)));
}
