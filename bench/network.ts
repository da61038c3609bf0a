/** The network of a case: its encoder, its weights as a file, its parameters and its arithmetic. */
import { writeFileSync } from 'node:fs';
import type * as tf from '@tensorflow/tfjs';
import { byName, featuresOf, projectionHead } from '../src/models/index.js';
import { encodeSafetensors, type StoredTensor } from '../src/weights/index.js';
import type { Case } from './cases.js';

const encoderSeed = 1;
export const projectionSeed = 1;

export interface Network {
  /** Trainable ones. */
  readonly parameters: number;
  /**
   * Floating-point operations of one step: two for each product in a convolution or a dense layer. A training step has
   * three such products for each forward one (outputs, input gradients, filter gradients), and two views an image. The
   * input gradients of the first convolution, which nobody computes, are counted; everything else is not.
   */
  readonly operations: number;
}

export function encoderOf({ architecture, stem, width, pixels }: Case): tf.LayersModel {
  return byName(architecture, { stem, width, inputShape: [pixels, pixels, 3], seed: encoderSeed });
}

/** Writes the weights to a safetensors file: `encoder.` or `head.`, then the layer's name, `/` and the weight's. */
export function writeNetwork(each: Case, file: string): Network {
  const encoder = encoderOf(each);
  const models: Record<string, tf.LayersModel> = { encoder };
  if (each.task === 'train') {
    models.head = projectionHead({ inputFeatures: featuresOf(encoder), seed: projectionSeed });
  }
  const all = Object.values(models);
  const tensors = new Map(Object.entries(models).flatMap(([name, model]) => stored(name, model)));
  writeFileSync(file, encodeSafetensors({ tensors, metadata: {} }));
  const products = sum(all.flatMap(({ layers }) => layers).map(productsOf));
  const network = {
    parameters: sum(all.flatMap(({ trainableWeights }) => trainableWeights).map(sizeOf)),
    operations: 2 * products * each.images * (each.task === 'train' ? 6 : 1),
  };
  for (const model of all) model.dispose();
  return network;
}

function stored(name: string, { weights }: tf.LayersModel): [string, StoredTensor][] {
  return weights.map((weight) => {
    const values = weight.read().dataSync<'float32'>();
    return [`${name}.${weight.originalName}`, { shape: weight.shape as number[], values }];
  });
}

/** Products for one image: every weight of the kernel meets every pixel of the output. */
function productsOf(layer: tf.layers.Layer): number {
  const kernel = layer.weights.find(({ originalName }) => originalName.endsWith('/kernel'));
  if (kernel === undefined) return 0;
  const pixels = (layer.outputShape as number[]).slice(1, -1).reduce((product, size) => product * size, 1);
  return sizeOf(kernel) * pixels;
}

function sizeOf(weight: tf.LayerVariable): number {
  return weight.read().size;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
