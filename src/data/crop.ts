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

/** Brings pixel values from [0, 255] to [0, 1]. */
export const pixelScale = 1 / 255;

/** Rows of the latest crop, stretched to the width that comes out; kept from one to the next because it is the hot path. */
let stretched = new Float32Array(0);

/**
 * Cuts a rectangle out of an image and resizes it: bilinear between pixel centres, without looking past the rectangle's
 * border and without antialiasing.
 * @param pixels - the image, 0 to 255, [height, width, channels]
 * @param flip - whether to mirror left and right
 * @param size - height and width of what comes out
 * @param output - receives [...size, channels] in [0, 1]
 */
export function cropAndResize(
  pixels: Uint8Array,
  [, imageWidth, channels]: ImageShape,
  box: Box,
  flip: boolean,
  [height, width]: readonly [number, number],
  output: Float32Array,
): void {
  const { near, far, weight } = sampling(box.width, width, channels, flip);
  const rows = sampling(box.height, height, 1, false);
  const rowLength = width * channels;
  if (stretched.length < box.height * rowLength) stretched = new Float32Array(box.height * rowLength);
  const lines = stretched;
  for (let y = 0, to = 0; y < box.height; y++) {
    const start = ((box.top + y) * imageWidth + box.left) * channels;
    for (let i = 0; i < rowLength; i++, to++) {
      const value = pixels[start + near[i]!]!;
      lines[to] = value + weight[i]! * (pixels[start + far[i]!]! - value);
    }
  }
  for (let y = 0, to = 0; y < height; y++) {
    const nearLine = rows.near[y]! * rowLength;
    const farLine = rows.far[y]! * rowLength;
    const farWeight = rows.weight[y]!;
    for (let i = 0; i < rowLength; i++, to++) {
      const value = lines[nearLine + i]!;
      output[to] = (value + farWeight * (lines[farLine + i]! - value)) * pixelScale;
    }
  }
}

/**
 * Where each value of a line of `to` pixels comes from in a line of `from` pixels: the offsets of the two values it
 * lies between, and the weight of the second.
 */
function sampling(from: number, to: number, channels: number, flip: boolean) {
  const near = new Int32Array(to * channels);
  const far = new Int32Array(to * channels);
  const weight = new Float32Array(to * channels);
  for (let pixel = 0; pixel < to; pixel++) {
    const position = Math.min(Math.max(((pixel + 0.5) * from) / to - 0.5, 0), from - 1);
    const before = Math.floor(position);
    const after = Math.min(before + 1, from - 1);
    const at = (flip ? to - 1 - pixel : pixel) * channels;
    for (let channel = 0; channel < channels; channel++) {
      near[at + channel] = before * channels + channel;
      far[at + channel] = after * channels + channel;
      weight[at + channel] = position - before;
    }
  }
  return { near, far, weight };
}
