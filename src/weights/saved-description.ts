import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type ResNetStructure, structureOf } from '../models/index.js';
import type { TensorFile } from './tensor-file.js';

/** What a state dict in torchvision's names does not tell of one of our encoders; files that we write say it. */
export type SavedDescription = Pick<ResNetStructure, 'stem' | 'standardise' | 'inputShape'>;

/** The name of the metadata of safetensors, or of the text in a file of PyTorch, that holds the description as JSON. */
export const descriptionKey = 'dcl-lab encoder';

export function descriptionOf({ stem, standardise, inputShape }: SavedDescription): string {
  return JSON.stringify({ stem, standardise, inputShape });
}

/** As metadata of safetensors; `format` is what other programs look for there. */
export function describe(encoder: tf.LayersModel): Record<string, string> {
  return { format: 'pt', [descriptionKey]: descriptionOf(structureOf(encoder)) };
}

/** @throws InputError where the description is no longer what was written */
export function readDescription({ path, metadata }: TensorFile): SavedDescription | undefined {
  const text = metadata[descriptionKey];
  if (text === undefined) return undefined;
  try {
    const { stem, standardise, inputShape } = JSON.parse(text);
    const pixels =
      standardise === 'none' || (Array.isArray(standardise.mean) && Array.isArray(standardise.deviation));
    if (pixels && typeof stem.kernelSize === 'number' && Array.isArray(inputShape)) {
      return { stem, standardise, inputShape: inputShape as unknown as SavedDescription['inputShape'] };
    }
  } catch {
    // Told below.
  }
  throw new InputError(`${path} is damaged: its "${descriptionKey}" is ${String(text).slice(0, 80)}.`);
}
