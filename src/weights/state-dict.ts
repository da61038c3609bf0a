import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import type { Values } from './element-types.js';
import { keyOf, torchvisionLayout, weightNames } from './resnet-keys.js';
import { transposed } from './strided.js';
import type { StoredTensor } from './tensor-file.js';

/** The weights of a ResNet of this library as torchvision names them. @throws InputError for another model */
export function encoderState(encoder: tf.LayersModel): Map<string, StoredTensor> {
  return stateOf(encoder, (layer) => {
    const key = keyOf(layer, torchvisionLayout, 'downsample');
    if (key !== undefined) return key;
    throw new InputError(
      `${encoder.name} has the layer ${layer}, which is none of a ResNet of this library; save it as .onnx or to a folder.`,
    );
  });
}

/**
 * A model's weights in PyTorch's layout.
 * @param nameOf - what PyTorch's module is called that stands for a layer
 */
export function stateOf(model: tf.LayersModel, nameOf: (layer: string) => string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const layer of model.layers.filter(({ weights }) => weights.length > 0)) {
    const name = nameOf(layer.name);
    for (const [index, weight] of layer.getWeights().entries()) {
      const { theirs, order } = weightNames[layer.getClassName()]![index]!;
      const { shape } = weight;
      const back = order.map((_, axis) => order.indexOf(axis));
      tensors.set(`${name}.${theirs}`, {
        shape: back.map((axis) => shape[axis]!),
        values: transposed(weight.dataSync() as Values, shape, back),
      });
    }
  }
  return tensors;
}
