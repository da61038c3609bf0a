import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { ImageShape } from './dataset.js';
import { uniform } from './random.js';

/** A rectangle of whole pixels within an image. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

const attempts = 10;

/**
 * The rectangle of a random resized crop, as torchvision's RandomResizedCrop draws it: ten tries at an area and a
 * ratio (uniform in its logarithm), then the largest centred rectangle whose ratio is allowed.
 */
export function drawBox(
  [imageHeight, imageWidth]: ImageShape,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  generator: RandomGenerator,
): Box {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const area = imageHeight * imageWidth * uniform(generator, scale[0], scale[1]);
    const aspect = Math.exp(uniform(generator, Math.log(ratio[0]), Math.log(ratio[1])));
    const width = Math.round(Math.sqrt(area * aspect));
    const height = Math.round(Math.sqrt(area / aspect));
    if (width > 0 && width <= imageWidth && height > 0 && height <= imageHeight) {
      const top = uniformInt(generator, 0, imageHeight - height);
      const left = uniformInt(generator, 0, imageWidth - width);
      return { top, left, height, width };
    }
  }
  return largestBox(imageHeight, imageWidth, ratio);
}

function largestBox(imageHeight: number, imageWidth: number, ratio: readonly [number, number]): Box {
  const width = Math.min(imageWidth, Math.round(imageHeight * ratio[1]));
  const height = Math.min(imageHeight, Math.round(imageWidth / ratio[0]));
  return {
    top: Math.floor((imageHeight - height) / 2),
    left: Math.floor((imageWidth - width) / 2),
    height,
    width,
  };
}

/** Pixel value 0 to 255 as a number in [0, 1]. */
export const unitValues = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/**
 * Cuts a rectangle out of an image and resizes it to the image's own size: bilinear between pixel centres, without
 * looking past the rectangle's border.
 * @param pixels - the image, 0 to 255, [height, width, channels]
 * @param flip - whether to mirror left and right
 * @param output - receives [height, width, channels] in [0, 1]
 */
export function cropAndResize(
  pixels: Uint8Array,
  [imageHeight, imageWidth, channels]: ImageShape,
  box: Box,
  flip: boolean,
  output: Float32Array,
): void {
  const columns = sampling(box.width, imageWidth, flip);
  const rows = sampling(box.height, imageHeight, false);
  const rowLength = imageWidth * channels;
  const stretched = new Float32Array(box.height * rowLength);
  for (let y = 0, to = 0; y < box.height; y++) {
    const rowStart = ((box.top + y) * imageWidth + box.left) * channels;
    for (let x = 0; x < imageWidth; x++) {
      const near = rowStart + columns.near[x]! * channels;
      const far = rowStart + columns.far[x]! * channels;
      const weight = columns.weight[x]!;
      for (let channel = 0; channel < channels; channel++, to++) {
        const value = unitValues[pixels[near + channel]!]!;
        stretched[to] = value + weight * (unitValues[pixels[far + channel]!]! - value);
      }
    }
  }
  for (let y = 0, to = 0; y < imageHeight; y++) {
    const near = rows.near[y]! * rowLength;
    const far = rows.far[y]! * rowLength;
    const weight = rows.weight[y]!;
    for (let i = 0; i < rowLength; i++, to++) {
      const value = stretched[near + i]!;
      output[to] = value + weight * (stretched[far + i]! - value);
    }
  }
}

/** For each of `to` output positions: the two of `from` input positions it lies between, and the second one's weight. */
function sampling(from: number, to: number, flip: boolean) {
  const near = new Int32Array(to);
  const far = new Int32Array(to);
  const weight = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const at = flip ? to - 1 - i : i;
    near[at] = Math.floor(position);
    far[at] = Math.min(near[at]! + 1, from - 1);
    weight[at] = position - near[at]!;
  }
  return { near, far, weight };
}
