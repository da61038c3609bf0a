import * as tf from '@tensorflow/tfjs';
import { BatchNorm } from './batch-norm.js';
import type { Initialisation } from './initialisation.js';

export interface ConvolutionOptions {
  readonly filters: number;
  /** Edge of the square kernel, odd. */
  readonly kernelSize: number;
  /** 1 if not given. */
  readonly stride?: number;
  /** Zeros on each side; half of the kernel if not given, `kernelSize // 2`. */
  readonly padding?: number;
}

/**
 * Square convolution without bias, zeros around the input as in PyTorch, then batch norm. The layers are called `conv` and `norm` plus `suffix`, after `path` and a dot.
 */
export function convolution(
  x: tf.SymbolicTensor,
  path: string,
  suffix: string,
  options: ConvolutionOptions,
  initialisation: Initialisation,
): tf.SymbolicTensor {
  const { filters, kernelSize, stride = 1 } = options;
  const half = (kernelSize - 1) / 2;
  const { padding = half } = options;
  // At stride 2, TensorFlow's 'same' pads right and bottom only; at stride 1 the two agree.
  const same = stride === 1 && padding === half;
  const padded = same ? x : zeroPadding(x, `${path}.pad${suffix}`, padding);
  const convolved = tf.layers
    .conv2d({
      name: `${path}.conv${suffix}`,
      filters,
      kernelSize,
      strides: stride,
      padding: same ? 'same' : 'valid',
      useBias: false,
      kernelInitializer: initialisation.normal(kernelSize * kernelSize * filters, 2),
    })
    .apply(padded);
  return new BatchNorm({ name: `${path}.norm${suffix}` }).apply(convolved) as tf.SymbolicTensor;
}

/** Zeros on all four sides; the input itself for a width of 0. */
export function zeroPadding(x: tf.SymbolicTensor, name: string, width: number): tf.SymbolicTensor {
  if (width === 0) return x;
  return tf.layers.zeroPadding2d({ name, padding: width }).apply(x) as tf.SymbolicTensor;
}

export function relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor;
}
