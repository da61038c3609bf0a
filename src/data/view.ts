import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { gaussianBlur } from './blur.js';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrayscale } from './colour.js';
import { cropAndResize, drawBox, pixelScale } from './crop.js';
import type { ImageShape } from './dataset.js';
import type { DecodedImage } from './decode-image.js';
import { generatorFor, happens, shuffle, uniform } from './random.js';
import { regionOf, resample } from './resample.js';
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

/** What the views of one image depend on besides the image, which may be of any size. */
export interface ImageViewJob extends Omit<ViewJob, 'pixels' | 'indices'> {
  readonly index: number;
  readonly kind: ViewKind;
}

/** A pair of views with their small crops, as pretraining compares them, or a single view. */
export type ViewKind = 'pair' | 'single';

/** What a crop covers of its image's area, and the shape of what comes out of it. */
interface Crop {
  readonly scale: readonly [number, number];
  readonly shape: ImageShape;
}

/** Of an image of this shape: its two views, then its small crops; or its single view. */
function cropsOf(shape: ImageShape, { cropScale, smallCrops }: ViewSettings, kind: ViewKind): Crop[] {
  const view: Crop = { scale: cropScale, shape };
  if (kind === 'single') return [view];
  if (smallCrops === undefined) return [view, view];
  const { count, size, scale } = smallCrops;
  return [view, view, ...Array<Crop>(count).fill({ scale, shape: [size, size, shape[2]] })];
}

/** Shape of each view of an image of this shape: twice the image's own, then those of the small crops. */
export function viewShapes(shape: ImageShape, settings: ViewSettings, kind: ViewKind = 'pair'): ImageShape[] {
  return cropsOf(shape, settings, kind).map((crop) => crop.shape);
}

/** How many values an image has. */
export function lengthOf([height, width, channels]: ImageShape): number {
  return height * width * channels;
}

/** Every view of all images in [0, 1], then the next view of all; each [indices.length, ...its shape of `viewShapes`]. */
export function makeViews(
  { pixels, shape, indices, settings, seed, epoch }: ViewJob,
  kind: ViewKind = 'pair',
): Float32Array {
  const imageLength = lengthOf(shape);
  const crops = cropsOf(shape, settings, kind);
  const views = new Float32Array(indices.length * lengthOfViews({ shape, settings, kind }));
  let start = 0;
  for (const [view, crop] of crops.entries()) {
    for (let i = 0; i < indices.length; i++) {
      const image = pixels.subarray(i * imageLength, (i + 1) * imageLength);
      const output = views.subarray(start, start + lengthOf(crop.shape));
      const generator = generatorFor('view', [seed, epoch, indices[i]!, view]);
      const { box, flip } = drawCrop(shape, crop, settings, generator);
      cropAndResize(image, shape, box, flip, [crop.shape[0], crop.shape[1]], output);
      changeColours(output, crop.shape, settings, generator);
      start += output.length;
    }
  }
  return views;
}

/**
 * The views of an image, one after the other, in [0, 1]: as `makeViews`, but cut out of the image in its own size and
 * resized with antialiasing, as torchvision does.
 * @param original - [height, width] before it was reduced
 * @param views - receives them and is given back
 */
export function makeViewsOfImage(
  { size, pixels, original }: DecodedImage & { readonly original: DecodedImage['size'] },
  job: ImageViewJob,
  views: Float32Array = new Float32Array(lengthOfViews(job)),
): Float32Array {
  const { settings } = job;
  let start = 0;
  for (const { crop, box, flip, generator } of drawCrops(original, job)) {
    const output = views.subarray(start, start + lengthOf(crop.shape));
    const [height, width, channels] = crop.shape;
    const region = regionOf(box, original, size);
    resample(pixels, [...size, channels], region, flip, [height, width], pixelScale, output);
    changeColours(output, crop.shape, settings, generator);
    start += output.length;
  }
  return views;
}

/** How many values all views of one image have together. */
export function lengthOfViews({
  shape,
  settings,
  kind,
}: Pick<ImageViewJob, 'shape' | 'settings' | 'kind'>): number {
  return cropsOf(shape, settings, kind).reduce((sum, crop) => sum + lengthOf(crop.shape), 0);
}

/** Its crops keep so many times the pixels that come out of them, so that the filter that resizes them decides. */
const spare = 1.5;

/** How much an image may be reduced in height and width before its views are cut out. */
export function reductionFor(original: DecodedImage['size'], job: ImageViewJob): number {
  const reductions = drawCrops(original, job).map(({ crop, box }) =>
    Math.min(box.height / crop.shape[0], box.width / crop.shape[1]),
  );
  return Math.min(...reductions) / spare;
}

function drawCrops(size: DecodedImage['size'], { shape, index, settings, seed, epoch, kind }: ImageViewJob) {
  return cropsOf(shape, settings, kind).map((crop, view) => {
    const generator = generatorFor('view', [seed, epoch, index, view]);
    return { crop, generator, ...drawCrop([...size, shape[2]], crop, settings, generator) };
  });
}

function drawCrop(shape: ImageShape, crop: Crop, settings: ViewSettings, generator: RandomGenerator) {
  const box = drawBox(shape, crop.scale, settings.cropRatio, generator);
  return { box, flip: happens(generator, settings.flipProbability) };
}

/** What follows crop and flip in SimCLR's order: colour jitter, grayscale, blur. */
function changeColours(
  image: Float32Array,
  [height, width, channels]: ImageShape,
  settings: ViewSettings,
  generator: RandomGenerator,
): void {
  if (happens(generator, settings.jitterProbability)) jitter(image, channels, settings, generator);
  const isGray = happens(generator, settings.grayscaleProbability) && channels === 3;
  const sigma = drawBlur(settings, generator);
  const blur = (values: Float32Array, channels: number) => {
    if (sigma !== undefined) gaussianBlur(values, [height, width, channels], sigma);
  };
  if (isGray) toGrayscale(image, (grays) => blur(grays, 1));
  else blur(image, channels);
}

/** The standard deviation of the blur, if there is one. */
function drawBlur({ blur }: ViewSettings, generator: RandomGenerator): number | undefined {
  if (blur === undefined || !happens(generator, blur.probability)) return undefined;
  return uniform(generator, ...blur.sigma);
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
