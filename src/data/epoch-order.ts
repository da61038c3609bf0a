import { generatorFor, requireCounter, shuffle } from './random.js';

/**
 * The order in which an epoch visits the images: a permutation of 0 to length - 1 that depends on nothing else.
 * @param seed - whole number from 0 to 2^32 - 1
 * @param epoch - the same
 * @throws InputError for another seed or epoch
 */
export function epochOrder(length: number, seed: number, epoch: number): Int32Array {
  requireCounter('seed', seed);
  requireCounter('epoch', epoch);
  return shuffle(
    Int32Array.from({ length }, (_, index) => index),
    generatorFor('order', [seed, epoch]),
  );
}
