import * as tf from '@tensorflow/tfjs';
import { InputError, requireInteger } from '../errors.js';
import { convolution, relu, zeroPadding } from './convolution.js';
import { type Initialisation, initialisation } from './initialisation.js';
import { basicBlock, bottleneckBlock, type ResidualBlock } from './residual-blocks.js';

/** How the network begins: `cifar` for small images, `imagenet` for large ones. */
export type Stem = 'cifar' | 'imagenet';

export interface ResNetOptions {
  /**
   * `cifar` (default): a 3x3 convolution of stride 1. `imagenet`: a 7x7 convolution of stride 2 and a 3x3 max-pool of
   * stride 2, so a quarter of the height and width is left.
   */
  readonly stem?: Stem;
  /** Channels of the first stage; each further stage doubles them. Default 64, and 16 for ResNet-8. */
  readonly width?: number;
  /** Height, width and channels of the images. Default [32, 32, 3] with the CIFAR stem, else [224, 224, 3]. */
  readonly inputShape?: readonly [height: number, width: number, channels: number];
  /** Decides the initial weights, a whole number; the same seed gives the same weights. Default 0. */
  readonly seed?: number;
}

interface Architecture {
  readonly name: string;
  readonly block: ResidualBlock;
  /** Blocks of each stage. */
  readonly stages: readonly number[];
  readonly defaultWidth: number;
}

/**
 * ResNet-8, the smallest of the CIFAR family of He et al. (2016): three stages of one basic block. Images [N, height,
 * width, channels] to pooled features [N, 4 * width].
 *
 * @throws InputError for a stem that does not exist, or a width, an input shape or a seed that is not of whole numbers
 */
export function resnet8(options: ResNetOptions = {}): tf.LayersModel {
  return resnet({ name: 'resnet8', block: basicBlock, stages: [1, 1, 1], defaultWidth: 16 }, options);
}

/**
 * ResNet-18 (He et al., 2016) without its classifier: images [N, height, width, channels] to pooled features
 * [N, 8 * width].
 *
 * @throws InputError for a stem that does not exist, or a width, an input shape or a seed that is not of whole numbers
 */
export function resnet18(options: ResNetOptions = {}): tf.LayersModel {
  return resnet({ name: 'resnet18', block: basicBlock, stages: [2, 2, 2, 2], defaultWidth: 64 }, options);
}

/**
 * ResNet-34 (He et al., 2016) without its classifier: images [N, height, width, channels] to pooled features
 * [N, 8 * width].
 *
 * @throws InputError for a stem that does not exist, or a width, an input shape or a seed that is not of whole numbers
 */
export function resnet34(options: ResNetOptions = {}): tf.LayersModel {
  return resnet({ name: 'resnet34', block: basicBlock, stages: [3, 4, 6, 3], defaultWidth: 64 }, options);
}

/**
 * ResNet-50 (He et al., 2016) without its classifier, the stride on the 3x3 convolutions as in torchvision: images
 * [N, height, width, channels] to pooled features [N, 32 * width].
 *
 * @throws InputError for a stem that does not exist, or a width, an input shape or a seed that is not of whole numbers
 */
export function resnet50(options: ResNetOptions = {}): tf.LayersModel {
  return resnet(
    { name: 'resnet50', block: bottleneckBlock, stages: [3, 4, 6, 3], defaultWidth: 64 },
    options,
  );
}

const stems: Readonly<Record<Stem, typeof cifarStem>> = { cifar: cifarStem, imagenet: imagenetStem };

function resnet(architecture: Architecture, options: ResNetOptions): tf.LayersModel {
  const { stem = 'cifar', width = architecture.defaultWidth, seed = 0 } = options;
  const { inputShape = stem === 'imagenet' ? [224, 224, 3] : [32, 32, 3] } = options;
  checkOptions(stem, width, inputShape);
  const weights = initialisation(seed, 0);
  const images = tf.input({ name: 'images', shape: [...inputShape] });
  let x = stems[stem](images, width, weights);
  for (const [stage, blocks] of architecture.stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const path = `stage${stage + 1}.${block + 1}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      x = architecture.block.apply(x, path, { width: width * 2 ** stage, stride }, weights);
    }
  }
  const features = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(x) as tf.SymbolicTensor;
  return tf.model({ name: architecture.name, inputs: images, outputs: features });
}

function cifarStem(images: tf.SymbolicTensor, width: number, weights: Initialisation): tf.SymbolicTensor {
  return relu(convolution(images, 'stem', '', { filters: width, kernelSize: 3 }, weights), 'stem.relu');
}

function imagenetStem(images: tf.SymbolicTensor, width: number, weights: Initialisation): tf.SymbolicTensor {
  const options = { filters: width, kernelSize: 7, stride: 2 };
  const x = relu(convolution(images, 'stem', '', options, weights), 'stem.relu');
  // After a ReLU, zeros around the input change no maximum.
  const padded = zeroPadding(x, 'stem.pool.pad', 1);
  const pool = tf.layers.maxPooling2d({ name: 'stem.pool', poolSize: 3, strides: 2, padding: 'valid' });
  return pool.apply(padded) as tf.SymbolicTensor;
}

function checkOptions(stem: string, width: number, inputShape: readonly number[]): void {
  if (!Object.hasOwn(stems, stem)) {
    throw new InputError(`There is no stem "${stem}": choose ${Object.keys(stems).join(' or ')}.`);
  }
  requireInteger('width', width);
  if (inputShape.length !== 3 || !inputShape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new InputError(
      `inputShape is [${inputShape}]: give height, width and channels as whole numbers, such as [32, 32, 3].`,
    );
  }
}
