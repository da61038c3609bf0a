import { type Dataset, inMemory } from '../../src/data/index.js';
import { projectionHead, resnet8 } from '../../src/models/index.js';

/** Images of 6 x 6 pixels of noise. */
export function noise(length: number): Dataset {
  const pixels = Uint8Array.from({ length: length * 36 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) % 256);
  return inMemory({
    name: 'noise',
    pixels,
    shape: [6, 6, 1],
    labels: new Int32Array(length),
    classes: ['a'],
  });
}

/** A small encoder with its head, the same weights for the same seed. */
export function smallModels(seed = 5) {
  const encoder = resnet8({ width: 2, inputShape: [6, 6, 1], seed });
  const inputFeatures = encoder.outputShape[1] as number;
  return { encoder, projection: projectionHead({ inputFeatures, outputFeatures: 3, seed: 1 }) };
}
