import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type ResNetOptions, resnet8, resnet18, resnet34, resnet50 } from './resnet.js';

const encoders: Readonly<Record<string, (options: ResNetOptions) => tf.LayersModel>> = {
  resnet8,
  resnet18,
  resnet34,
  resnet50,
};

/** The names {@link byName} knows. */
export const architectures: readonly string[] = Object.keys(encoders);

/**
 * The encoder that the command line and run settings call `name`: `resnet8`, `resnet18`, `resnet34` or `resnet50`.
 *
 * @throws InputError for another name, or for options the encoder refuses
 */
export function byName(name: string, options: ResNetOptions = {}): tf.LayersModel {
  const create = Object.hasOwn(encoders, name) ? encoders[name] : undefined;
  if (create === undefined) {
    throw new InputError(`There is no architecture "${name}": choose one of ${architectures.join(', ')}.`);
  }
  return create(options);
}
