import * as tf from '@tensorflow/tfjs';
import { InputError, requireInteger, requireOneOf } from '../errors.js';
import { type Initialisation, initialisation } from './initialisation.js';
import { basicBlock, bottleneckBlock, type ResidualBlock } from './residual-blocks.js';
import { type Standardisation, standardised } from './standardise.js';
import { applyStem, type Stem, type StemName, stemLayers } from './stem.js';

/** What the ResNets have in common to choose: how they begin, how wide they are, and their initial weights. */
export interface ResNetOptions {
  /**
   * How the network begins. `cifar` (default): a 3x3 convolution of stride 1. `imagenet`: a 7x7 convolution of stride 2
   * and a 3x3 max-pool of stride 2, so a quarter of the height and width is left. Or another one, in its parts.
   */
  readonly stem?: StemName | Stem;
  /** Channels of the first stage; each further stage doubles them. Default 64, and 16 for ResNet-8. */
  readonly width?: number;
  /** Height, width and channels of the images. Default [224, 224, 3] where the stem pools, else [32, 32, 3]. */
  readonly inputShape?: readonly [height: number, width: number, channels: number];
  /**
   * Subtracts a mean from each channel of the pixels, which are in [0, 1], and divides by a deviation, before anything
   * else: `imagenet`, as most encoders trained elsewhere need it, or numbers. Not by default.
   */
  readonly standardise?: 'imagenet' | Standardisation;
  /** Decides the initial weights, a whole number; the same seed gives the same weights. Default 0. */
  readonly seed?: number;
}

/** A ResNet in its parts. */
export interface ResNetParts {
  /** `basic`: two 3x3 convolutions. `bottleneck`: 1x1, 3x3 with the stride, 1x1 to four times as many channels. */
  readonly block: 'basic' | 'bottleneck';
  /** Blocks of each stage; every stage but the first halves height and width. */
  readonly stages: readonly number[];
}

/** The named ResNets in their parts, with the channels of their first stage. */
export const resnets = {
  resnet8: { block: 'basic', stages: [1, 1, 1], width: 16 },
  resnet18: { block: 'basic', stages: [2, 2, 2, 2], width: 64 },
  resnet34: { block: 'basic', stages: [3, 4, 6, 3], width: 64 },
  resnet50: { block: 'bottleneck', stages: [3, 4, 6, 3], width: 64 },
} as const satisfies Readonly<Record<string, ResNetParts & { readonly width: number }>>;

/**
 * ResNet-8, the smallest of the CIFAR family of He et al. (2016): three stages of one basic block. Images [N, height,
 * width, channels] to pooled features [N, 4 * width].
 *
 * @throws InputError for an option that is not one: a stem, a standardisation, or what must be whole numbers and is not
 */
export function resnet8(options: ResNetOptions = {}): tf.LayersModel {
  return named('resnet8', options);
}

/**
 * ResNet-18 (He et al., 2016) without its classifier: images [N, height, width, channels] to pooled features
 * [N, 8 * width].
 *
 * @throws InputError for an option that is not one: a stem, a standardisation, or what must be whole numbers and is not
 */
export function resnet18(options: ResNetOptions = {}): tf.LayersModel {
  return named('resnet18', options);
}

/**
 * ResNet-34 (He et al., 2016) without its classifier: images [N, height, width, channels] to pooled features
 * [N, 8 * width].
 *
 * @throws InputError for an option that is not one: a stem, a standardisation, or what must be whole numbers and is not
 */
export function resnet34(options: ResNetOptions = {}): tf.LayersModel {
  return named('resnet34', options);
}

/**
 * ResNet-50 (He et al., 2016) without its classifier, the stride on the 3x3 convolutions as in torchvision: images
 * [N, height, width, channels] to pooled features [N, 32 * width].
 *
 * @throws InputError for an option that is not one: a stem, a standardisation, or what must be whole numbers and is not
 */
export function resnet50(options: ResNetOptions = {}): tf.LayersModel {
  return named('resnet50', options);
}

function named(name: keyof typeof resnets, options: ResNetOptions): tf.LayersModel {
  const { width, ...parts } = resnets[name];
  return resnet(parts, { ...options, width: options.width ?? width });
}

const blocks: Readonly<Record<ResNetParts['block'], ResidualBlock>> = {
  basic: basicBlock,
  bottleneck: bottleneckBlock,
};

/**
 * Any ResNet (He et al., 2016) without its classifier: images [N, height, width, channels] to pooled features
 * [N, width * 2^(stages - 1)], four times as many with bottleneck blocks. It is called by its depth, as `resnet101` for
 * bottleneck blocks of 3, 4, 23 and 3: its convolutions in a row, and the classifier that is not there.
 *
 * @param weights - the initial ones; by default drawn by the seed
 * @throws InputError for an option that is not one: a block, a stem, a standardisation, or what must be whole numbers and is not
 */
export function resnet(
  parts: ResNetParts,
  options: ResNetOptions = {},
  weights: Initialisation = initialisation(options.seed ?? 0, 0),
): tf.LayersModel {
  requireOneOf('block', parts.block, Object.keys(blocks));
  for (const [stage, count] of parts.stages.entries()) requireInteger(`stages[${stage}]`, count);
  const stem = stemLayers(options.stem ?? 'cifar');
  const { width = 64, inputShape = stem.pool ? [224, 224, 3] : [32, 32, 3] } = options;
  requireInteger('width', width);
  checkInputShape(inputShape);
  const block = blocks[parts.block];
  const images = tf.input({ name: 'images', shape: [...inputShape] });
  let x = applyStem(standardised(images, options.standardise), stem, width, weights);
  for (const [stage, count] of parts.stages.entries()) {
    for (let index = 0; index < count; index++) {
      const path = `stage${stage + 1}.${index + 1}`;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      x = block.apply(x, path, { width: width * 2 ** stage, stride }, weights);
    }
  }
  const features = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(x) as tf.SymbolicTensor;
  return tf.model({ name: `resnet${depth(parts, block)}`, inputs: images, outputs: features });
}

function depth({ stages }: ResNetParts, { convolutions }: ResidualBlock): number {
  return stages.reduce((sum, count) => sum + count * convolutions, 2);
}

function checkInputShape(inputShape: readonly number[]): void {
  if (inputShape.length === 3 && inputShape.every((size) => Number.isInteger(size) && size > 0)) return;
  throw new InputError(
    `inputShape is [${inputShape}]: give height, width and channels as whole numbers, such as [32, 32, 3].`,
  );
}
