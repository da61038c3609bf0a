import * as tf from '@tensorflow/tfjs';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { requireInteger } from '../errors.js';

/** Draws the initial weights of one model's layers, one layer after the other. */
export interface Initialisation {
  /**
   * Normal with standard deviation sqrt(gain / fan).
   * @param fan number of values that each output (fan in), or each input (fan out), is connected to
   * @param gain 2 before a ReLU (He et al., 2015), 1 otherwise
   */
  normal(fan: number, gain: number): ReturnType<typeof tf.initializers.zeros>;
}

/** Zeros, for weights that are about to be read from a file: random ones would be drawn for nothing. */
export const zeros: Initialisation = { normal: () => tf.initializers.zeros() };

/**
 * Initial weights that depend on `seed` and on a layer's place in the model alone.
 *
 * @param stream separates models that are given the same seed, such as an encoder (0) and its head (1)
 * @throws InputError unless the seed is a whole number from 0 to 2^32 - 1
 */
export function initialisation(seed: number, stream: number): Initialisation {
  requireInteger('seed', seed, 0, 0xffffffff);
  const generator = xoroshiro128plus(seed);
  for (let jump = 0; jump < stream; jump++) generator.jump();
  return {
    normal(fan, gain) {
      // A seed of 0 would mean "none" to TensorFlow.js.
      const layerSeed = generator.next() || 1;
      return tf.initializers.randomNormal({ mean: 0, stddev: Math.sqrt(gain / fan), seed: layerSeed });
    },
  };
}
