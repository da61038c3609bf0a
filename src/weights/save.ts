import { extname } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { writeDurably } from '../durable-file.js';
import { encode } from '../engine/onnx/encode.js';
import { InputError } from '../errors.js';
import { onnxOf } from './onnx.js';
import { encodeSafetensors } from './safetensors.js';
import { describe } from './saved-description.js';
import { encoderState } from './state-dict.js';
import { folder } from './tfjs-folder.js';

/**
 * Writes an encoder for use elsewhere, whole or not at all. The extension says how:
 *
 * - `.safetensors`: the weights under torchvision's names and in PyTorch's layout, for `load_state_dict(..., strict=False)`, strict being
 *   about the classifier that is not there. It is a ResNet of this library, with up to four stages if torchvision is to load it. What
 *   the pixels are standardised by is in the metadata, not in the weights.
 * - `.onnx`: a graph of standard operators, `images` [N, channels, height, width] in [0, 1] to `features` [N, features], the standardisation included.
 * - none: a folder of TensorFlow.js, see {@link folder}.
 *
 * @throws InputError for another extension, a model with layers that cannot be written so, or where the file cannot be written
 */
export async function save(encoder: tf.LayersModel, path: string): Promise<void> {
  const extension = extname(path);
  if (extension === '') {
    await encoder.save(folder(path));
    return;
  }
  const contents = contentsOf(encoder, path, extension);
  try {
    await writeDurably(path, contents);
  } catch (error) {
    throw new InputError(`The encoder could not be written to ${path}: ${(error as Error).message}.`);
  }
}

function contentsOf(encoder: tf.LayersModel, path: string, extension: string): Buffer {
  if (extension === '.safetensors') {
    return encodeSafetensors({ tensors: encoderState(encoder), metadata: describe(encoder) });
  }
  if (extension === '.onnx') return Buffer.from(encode(onnxOf(encoder), true));
  throw new InputError(
    `${path} has no known extension; give a .safetensors or .onnx file, or a folder without extension for TensorFlow.js.`,
  );
}
