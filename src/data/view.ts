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

/** What a crop covers of its image's area, and the shape of what comes out of it. */
interface Crop {
  readonly scale: readonly [number, number];
  readonly shape: ImageShape;
}

/** Of an image of this shape: its two views, then its small crops. */
function cropsOf(shape: ImageShape, { cropScale, smallCrops }: ViewSettings): Crop[] {
  const view: Crop = { scale: cropScale, shape };
  if (smallCrops === undefined) return [view, view];
  const { count, size, scale } = smallCrops;
  return [view, view, ...Array<Crop>(count).fill({ scale, shape: [size, size, shape[2]] })];
}

/** Shape of each view of an image of this shape: twice the image's own, then those of the small crops. */
export function viewShapes(shape: ImageShape, settings: ViewSettings): ImageShape[] {
  return cropsOf(shape, settings).map((crop) => crop.shape);
}

/** How many values an image has. */
export function lengthOf([height, width, channels]: ImageShape): number {
  return height * width * channels;
}

/** Every view of all images in [0, 1], then the next view of all; each [indices.length, ...its shape of `viewShapes`]. */
export function makeViews({ pixels, shape, indices, settings, seed, epoch }: ViewJob): Float32Array {
  const imageLength = lengthOf(shape);
  const crops = cropsOf(shape, settings);
  const views = new Float32Array(indices.length * crops.reduce((sum, crop) => sum + lengthOf(crop.shape), 0));
  let start = 0;
  for (const [view, crop] of crops.entries()) {
    for (let i = 0; i < indices.length; i++) {
      const image = pixels.subarray(i * imageLength, (i + 1) * imageLength);
      const end = start + lengthOf(crop.shape);
      const generator = generatorFor('view', [seed, epoch, indices[i]!, view]);
      makeView(image, shape, crop, settings, generator, views.subarray(start, end));
      start = end;
    }
  }
  return views;
}

/**
 * One random view of an image, in SimCLR's order: crop and flip, colour jitter, grayscale.
 * @param image - pixels 0 to 255, [height, width, channels]
 * @param output - receives the crop's shape in [0, 1]
 */
function makeView(
  image: Uint8Array,
  shape: ImageShape,
  crop: Crop,
  settings: ViewSettings,
  generator: RandomGenerator,
  output: Float32Array,
): void {
  const [height, width] = crop.shape;
  const box = drawBox(shape, crop.scale, settings.cropRatio, generator);
  const flip = happens(generator, settings.flipProbability);
  cropAndResize(image, shape, box, flip, [height, width], output);
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
