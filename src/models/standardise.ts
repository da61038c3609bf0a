import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';

/** What is subtracted from each channel of the pixels, and what the rest is divided by; the pixels are in [0, 1]. */
export interface Standardisation {
  /** Of each channel, [channels], of pixels in [0, 1]. */
  readonly mean: readonly number[];
  /** Of each channel, [channels], above 0. */
  readonly deviation: readonly number[];
}

/** Mean and standard deviation of ImageNet's red, green and blue, as torchvision's and most others' encoders were trained with. */
export const imagenetPixels: Standardisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

type LayerConfig = Standardisation & { readonly name?: string };

/** (x - mean) / deviation of each channel, [..., C] to the same shape, as one affine map. It has no weights. */
class Standardise extends tf.layers.Layer {
  static className = 'Standardise';

  readonly standardisation: Standardisation;

  constructor({ mean, deviation, ...base }: LayerConfig) {
    super(base);
    this.standardisation = { mean, deviation };
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { mean, deviation } = this.standardisation;
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const scale = tf.tensor1d(deviation.map((value) => 1 / value));
      const offset = tf.tensor1d(deviation.map((value, channel) => -mean[channel]! / value));
      return tf.add(tf.mul(x, scale), offset);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { mean, deviation } = this.standardisation;
    return { ...super.getConfig(), mean: [...mean], deviation: [...deviation] };
  }
}

tf.serialization.registerClass(Standardise);

/**
 * The images standardised by a layer `standardise`, which comes before any padding, so that what is padded is 0; the images
 * themselves without a standardisation.
 * @throws InputError unless there is a finite mean and a deviation above 0 for each channel
 */
export function standardised(
  images: tf.SymbolicTensor,
  standardisation: 'imagenet' | Standardisation | undefined,
): tf.SymbolicTensor {
  if (standardisation === undefined) return images;
  const { mean, deviation } = numbers(standardisation);
  const channels = images.shape.at(-1);
  const fits =
    mean.length === channels &&
    deviation.length === channels &&
    mean.every((value) => Number.isFinite(value)) &&
    deviation.every((value) => Number.isFinite(value) && value > 0);
  if (!fits) {
    throw new InputError(
      `standardise has mean [${mean}] and deviation [${deviation}]; images of ${channels} channels need ${channels} finite numbers ` +
        'of each, deviations above 0.',
    );
  }
  return new Standardise({ name: 'standardise', mean, deviation }).apply(images) as tf.SymbolicTensor;
}

function numbers(standardisation: 'imagenet' | Standardisation): Standardisation {
  if (typeof standardisation !== 'string') return standardisation;
  if (standardisation === 'imagenet') return imagenetPixels;
  throw new InputError(
    `There is no standardisation "${standardisation}": choose imagenet, or give mean and deviation.`,
  );
}

/** What a layer of a model does to the pixels, or undefined for a layer of another kind. */
export function standardisationOf(layer: tf.layers.Layer): Standardisation | undefined {
  return layer instanceof Standardise ? layer.standardisation : undefined;
}
