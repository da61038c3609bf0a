import * as tf from '@tensorflow/tfjs';
import { convolution, relu } from './convolution.js';
import type { Initialisation } from './initialisation.js';

export interface BlockOptions {
  /** Channels of the 3x3 convolutions. */
  readonly width: number;
  /** Of the block as a whole. */
  readonly stride: number;
}

/** One residual block, [N, H, W, C] to [N, H / stride, W / stride, width * expansion]. */
export interface ResidualBlock {
  /** Output channels over the width of the 3x3 convolutions. */
  readonly expansion: number;
  /** One after the other. */
  readonly convolutions: number;
  apply(
    x: tf.SymbolicTensor,
    path: string,
    options: BlockOptions,
    initialisation: Initialisation,
  ): tf.SymbolicTensor;
}

/** Two 3x3 convolutions (He et al., 2016), the first with the stride. */
export const basicBlock: ResidualBlock = {
  expansion: 1,
  convolutions: 2,
  apply(x, path, { width, stride }, initialisation) {
    const first = convolution(x, path, '1', { filters: width, kernelSize: 3, stride }, initialisation);
    const hidden = relu(first, `${path}.relu1`);
    const second = convolution(hidden, path, '2', { filters: width, kernelSize: 3 }, initialisation);
    return addShortcut(second, x, path, stride, initialisation);
  },
};

/** 1x1, 3x3 and 1x1 convolutions (He et al., 2016), the stride on the 3x3 as torchvision has it since its v1.5. */
export const bottleneckBlock: ResidualBlock = {
  expansion: 4,
  convolutions: 3,
  apply(x, path, { width, stride }, initialisation) {
    const first = convolution(x, path, '1', { filters: width, kernelSize: 1 }, initialisation);
    const reduced = relu(first, `${path}.relu1`);
    const second = convolution(reduced, path, '2', { filters: width, kernelSize: 3, stride }, initialisation);
    const hidden = relu(second, `${path}.relu2`);
    const third = convolution(hidden, path, '3', { filters: 4 * width, kernelSize: 1 }, initialisation);
    return addShortcut(third, x, path, stride, initialisation);
  },
};

/** relu(y + x), with x through a 1x1 convolution and batch norm where the shapes differ. */
function addShortcut(
  y: tf.SymbolicTensor,
  x: tf.SymbolicTensor,
  path: string,
  stride: number,
  initialisation: Initialisation,
): tf.SymbolicTensor {
  const filters = y.shape.at(-1)!;
  const matches = stride === 1 && x.shape.at(-1) === filters;
  const shortcut = matches
    ? x
    : convolution(x, `${path}.shortcut`, '', { filters, kernelSize: 1, stride }, initialisation);
  const sum = tf.layers.add({ name: `${path}.add` }).apply([y, shortcut]) as tf.SymbolicTensor;
  return relu(sum, `${path}.relu`);
}
