import { InputError } from '../errors.js';
import type { Splits } from './dataset.js';
import { loadMnist } from './mnist.js';

/**
 * Loads a data set.
 * @param name - `mnist`, which is installed with the library
 * @throws InputError for an unknown name
 */
export async function load(name: string): Promise<Splits> {
  if (name === 'mnist') return loadMnist();
  throw new InputError(`There is no data set ${name}; choose mnist`);
}
