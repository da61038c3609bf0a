import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type Standardisation, type Stem, standardisationOf, stemOf } from '../models/index.js';
import type { TensorFile } from './tensor-file.js';

/** What a state dict in torchvision's names does not tell of one of our encoders; safetensors that we write say it. */
export interface SavedDescription {
  readonly stem: Stem;
  readonly standardise: 'none' | Standardisation;
  readonly inputShape: readonly [height: number, width: number, channels: number];
}

const key = 'dcl-lab encoder';

/** As metadata of safetensors; `format` is what other programs look for there. */
export function describe(encoder: tf.LayersModel): Record<string, string> {
  const [standardise = 'none'] = encoder.layers.map(standardisationOf).filter((found) => found !== undefined);
  const inputShape = encoder.inputs[0]!.shape.slice(1) as number[];
  return { format: 'pt', [key]: JSON.stringify({ stem: stemOf(encoder), standardise, inputShape }) };
}

/** @throws InputError where the description is no longer what was written */
export function readDescription({ path, metadata }: TensorFile): SavedDescription | undefined {
  const text = metadata[key];
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
  throw new InputError(`${path} is damaged: its "${key}" is ${String(text).slice(0, 80)}.`);
}
