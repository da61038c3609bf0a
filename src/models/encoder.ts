import type * as tf from '@tensorflow/tfjs';
import { InputError, requireFinite } from '../errors.js';

/** What has to be known of images to tell whether an encoder takes them; every data set is one. */
export interface NamedImages {
  /** For messages, such as `mnist train`. */
  readonly name: string;
  /** Height, width and channels. */
  readonly shape: readonly number[];
}

/** @throws InputError unless the encoder takes images [N, height, width, channels] of this shape */
export function assertTakes(encoder: tf.LayersModel, { name, shape }: NamedImages): void {
  const input = (encoder.inputs[0]?.shape ?? []).slice(1);
  const fits =
    encoder.inputs.length === 1 &&
    input.length === 3 &&
    input.every((size, i) => size === null || size === shape[i]);
  if (!fits) {
    throw new InputError(
      `The encoder takes images of [${input}], but ${name} has [${shape}]; build it with inputShape: [${shape}].`,
    );
  }
}

/**
 * Length of the vector that the encoder gives for each image.
 * @throws InputError where it does not give one vector per image, [N, features]
 */
export function featuresOf(encoder: tf.LayersModel): number {
  const shape = encoder.outputShape;
  const features = shape.at(-1);
  if (shape.length !== 2 || typeof features !== 'number') {
    throw new InputError(
      `The encoder's output has shape [${shape}]; one vector per image is needed, [null, features]: end it with global pooling.`,
    );
  }
  return features;
}

/**
 * @param rows - what the encoder, or the head after it, gave: [n, width], row by row
 * @param indices - of the images that the rows are of, in the data set
 * @throws InputError unless every value is finite
 */
export function assertFinite(
  encoder: tf.LayersModel,
  { name }: NamedImages,
  rows: Float32Array,
  width: number,
  indices: ArrayLike<number>,
): void {
  requireFinite(
    rows,
    width,
    (row, value) =>
      `The encoder ${encoder.name} gives ${value} for image ${indices[row]} of ${name}, as after a training that ` +
      'diverged; load an earlier checkpoint, or train again at a lower learning rate.',
  );
}
