import * as tf from '@tensorflow/tfjs';
import { InputError, requireInteger } from '../errors.js';
import { convolution, relu, zeroPadding } from './convolution.js';
import type { Initialisation } from './initialisation.js';

/** `cifar` for small images, `imagenet` for large ones. */
export type StemName = 'cifar' | 'imagenet';

/** How a ResNet begins: a convolution and batch norm, and what follows them. */
export interface Stem {
  /** Edge of the square kernel, odd. */
  readonly kernelSize: number;
  /** Of the convolution, in both directions. */
  readonly stride: number;
  /** Zeros on each side; half of the kernel if not given. solo-learn gives the 3x3 kernel of CIFAR 2. */
  readonly padding?: number;
  /** Whether a ReLU follows batch norm; false in lightly's ResNetGenerator where it was taken apart to leave the classifier off. */
  readonly relu: boolean;
  /** Whether a 3x3 max-pool of stride 2 follows the ReLU. */
  readonly pool: boolean;
}

/** The stems by name. */
export const stems: Readonly<Record<StemName, Stem>> = {
  cifar: { kernelSize: 3, stride: 1, relu: true, pool: false },
  imagenet: { kernelSize: 7, stride: 2, relu: true, pool: true },
};

/** @throws InputError for a name that is none, or numbers that are not whole */
export function stemLayers(stem: StemName | Stem): Stem {
  if (typeof stem === 'string') {
    if (Object.hasOwn(stems, stem)) return stems[stem];
    throw new InputError(`There is no stem "${stem}": choose ${Object.keys(stems).join(' or ')}.`);
  }
  requireInteger('stem.kernelSize', stem.kernelSize);
  requireInteger('stem.stride', stem.stride);
  requireInteger('stem.padding', stem.padding ?? 0, 0);
  if (stem.kernelSize % 2 === 0)
    throw new InputError(`stem.kernelSize is ${stem.kernelSize}; it must be odd.`);
  if (stem.pool && !stem.relu)
    throw new InputError('stem.pool is true and stem.relu false; it pools after a ReLU.');
  return stem;
}

/** Images to [N, height, width, channels] of the first stage. */
export function applyStem(
  images: tf.SymbolicTensor,
  { relu: rectified, pool, ...kernel }: Stem,
  channels: number,
  weights: Initialisation,
): tf.SymbolicTensor {
  const normalised = convolution(images, 'stem', '', { filters: channels, ...kernel }, weights);
  const x = rectified ? relu(normalised, 'stem.relu') : normalised;
  if (!pool) return x;
  // After a ReLU, zeros around the input change no maximum.
  const padded = zeroPadding(x, 'stem.pool.pad', 1);
  const layer = tf.layers.maxPooling2d({ name: 'stem.pool', poolSize: 3, strides: 2, padding: 'valid' });
  return layer.apply(padded) as tf.SymbolicTensor;
}

/** The stem of a ResNet of this library. @throws Error where the model has no such layers */
export function stemOf(encoder: tf.LayersModel): Stem {
  const has = (name: string) => encoder.layers.some((layer) => layer.name === name);
  const config = (name: string) => encoder.getLayer(name).getConfig();
  const { kernelSize, strides } = config('stem.conv') as { kernelSize: number[]; strides: number[] };
  const [size, stride] = [kernelSize[0]!, strides[0]!];
  const padding = has('stem.pad') ? (config('stem.pad').padding as number[][])[0]![0]! : (size - 1) / 2;
  return { kernelSize: size, stride, padding, relu: has('stem.relu'), pool: has('stem.pool') };
}
