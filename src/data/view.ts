import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrayscale } from './colour.js';
import { cropAndResize, drawBox } from './crop.js';
import type { ImageShape } from './dataset.js';
import { generatorFor, happens, shuffle, uniform } from './random.js';
import type { ViewSettings } from './view-settings.js';

/** Pixels of some images of a data set and the random numbers' counters: all that their views depend on. */
export interface ViewJob {
  /** Pixels 0 to 255, [indices.length, height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly indices: Int32Array;
  readonly settings: ViewSettings;
  readonly seed: number;
  readonly epoch: number;
}

/** Two views of each image in [0, 1], [2, indices.length, height, width, channels]. */
export function makeViews({ pixels, shape, indices, settings, seed, epoch }: ViewJob): Float32Array {
  const imageLength = shape[0] * shape[1] * shape[2];
  const views = new Float32Array(2 * indices.length * imageLength);
  for (let view = 0; view < 2; view++) {
    for (let i = 0; i < indices.length; i++) {
      const image = pixels.subarray(i * imageLength, (i + 1) * imageLength);
      const start = (view * indices.length + i) * imageLength;
      const generator = generatorFor('view', [seed, epoch, indices[i]!, view]);
      makeView(image, shape, settings, generator, views.subarray(start, start + imageLength));
    }
  }
  return views;
}

/**
 * One random view of an image, in SimCLR's order: crop and flip, colour jitter, grayscale.
 * @param image - pixels 0 to 255, [height, width, channels]
 * @param output - receives [height, width, channels] in [0, 1]
 */
function makeView(
  image: Uint8Array,
  shape: ImageShape,
  settings: ViewSettings,
  generator: RandomGenerator,
  output: Float32Array,
): void {
  const box = drawBox(shape, settings.cropScale, settings.cropRatio, generator);
  const flip = happens(generator, settings.flipProbability);
  cropAndResize(image, shape, box, flip, output);
  if (happens(generator, settings.jitterProbability)) jitter(output, shape[2], settings, generator);
  if (happens(generator, settings.grayscaleProbability) && shape[2] === 3) toGrayscale(output);
}

/** torchvision's ColorJitter: the four changes in random order. */
function jitter(
  image: Float32Array,
  channels: number,
  settings: ViewSettings,
  generator: RandomGenerator,
): void {
  const factor = (spread: number) => uniform(generator, Math.max(0, 1 - spread), 1 + spread);
  const brightness = factor(settings.brightness);
  const contrast = factor(settings.contrast);
  const saturation = factor(settings.saturation);
  const turn = uniform(generator, -settings.hue, settings.hue);
  const changes = [
    () => adjustBrightness(image, brightness),
    () => adjustContrast(image, channels, contrast),
    () => channels === 3 && adjustSaturation(image, saturation),
    () => channels === 3 && adjustHue(image, turn),
  ];
  for (const change of shuffle(Int32Array.of(0, 1, 2, 3), generator)) changes[change]!();
}
