import type { Box } from './crop.js';
import type { ImageShape } from './dataset.js';

/** A stretch of an image's line or column, in pixels and fractions of them. */
interface Stretch {
  readonly start: number;
  readonly length: number;
  /** First pixel that counts, and the one after the last. */
  readonly bounds: readonly [number, number];
}

/** A rectangle of an image; its neighbours beyond `bounds` are not looked at. */
export interface Region {
  readonly rows: Stretch;
  readonly columns: Stretch;
}

/**
 * A rectangle as if it were an image of its own.
 * @param original - [height, width] of the image that the rectangle is one of
 * @param size - those it has been reduced to
 */
export function regionOf(
  { top, left, height, width }: Box,
  original: readonly [number, number],
  size: readonly [number, number],
): Region {
  return {
    rows: stretchOf(top, height, original[0], size[0]),
    columns: stretchOf(left, width, original[1], size[1]),
  };
}

function stretchOf(first: number, count: number, original: number, side: number): Stretch {
  const start = (first * side) / original;
  const length = (count * side) / original;
  return { start, length, bounds: [Math.floor(start), Math.min(Math.ceil(start + length), side)] };
}

/** What each pixel that comes out is made of: `counts[i]` pixels from `starts[i]` on, weighted by a row of `weights`. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float32Array;
  /** Weights in a row. */
  readonly width: number;
}

/** Rows of the latest image, resized to the width that comes out; kept from one to the next because it is the hot path. */
let lines = new Float32Array(0);

/**
 * Resizes a rectangle of an image with antialiasing as Pillow's and PyTorch's antialiased bilinear filters do: a triangle
 * that is as wide as the pixels that come out, or the pixels that go in where those are wider. First along the rows, then
 * along the columns, in float32.
 * @param pixels - the image, 0 to 255, [height, width, channels]
 * @param flip - whether to mirror left and right
 * @param size - height and width of what comes out
 * @param scale - what values are multiplied by
 * @param output - receives [...size, channels]
 */
export function resample(
  pixels: Uint8Array,
  [, imageWidth, channels]: ImageShape,
  { rows, columns }: Region,
  flip: boolean,
  [height, width]: readonly [number, number],
  scale: number,
  output: Float32Array,
): void {
  const across = tapsOf(columns, width, 1, flip);
  const down = tapsOf(rows, height, scale, false);
  const first = down.starts[0]!;
  const end = down.starts[height - 1]! + down.counts[height - 1]!;
  const rowLength = width * channels;
  if (lines.length < (end - first) * rowLength) lines = new Float32Array((end - first) * rowLength);
  const resizeRow = channels === 3 ? resizeColourRow : resizeGrayRow;
  for (let y = first; y < end; y++) {
    resizeRow(pixels, y * imageWidth * channels, across, lines, (y - first) * rowLength);
  }
  for (let y = 0; y < height; y++) {
    const start = (down.starts[y]! - first) * rowLength;
    sumRows(lines, start, down.weights, y * down.width, down.counts[y]!, output, y * rowLength, rowLength);
  }
}

function resizeColourRow(
  pixels: Uint8Array,
  start: number,
  { starts, counts, weights, width }: Taps,
  output: Float32Array,
  to: number,
): void {
  for (let x = 0; x < starts.length; x++) {
    let from = start + starts[x]! * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    const end = x * width + counts[x]!;
    for (let tap = x * width; tap < end; tap++, from += 3) {
      const weight = weights[tap]!;
      red += weight * pixels[from]!;
      green += weight * pixels[from + 1]!;
      blue += weight * pixels[from + 2]!;
    }
    output[to] = red;
    output[to + 1] = green;
    output[to + 2] = blue;
    to += 3;
  }
}

function resizeGrayRow(
  pixels: Uint8Array,
  start: number,
  { starts, counts, weights, width }: Taps,
  output: Float32Array,
  to: number,
): void {
  for (let x = 0; x < starts.length; x++) {
    const from = start + starts[x]!;
    let gray = 0;
    for (let tap = 0; tap < counts[x]!; tap++) gray += weights[x * width + tap]! * pixels[from + tap]!;
    output[to + x] = gray;
  }
}

/** The weighted sum of consecutive rows of a length, four values at a time. */
function sumRows(
  rows: Float32Array,
  start: number,
  weights: Float32Array,
  firstWeight: number,
  count: number,
  output: Float32Array,
  to: number,
  length: number,
): void {
  const endWeight = firstWeight + count;
  const fours = length - (length % 4);
  for (let i = 0; i < fours; i += 4) {
    let from = start + i;
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let tap = firstWeight; tap < endWeight; tap++, from += length) {
      const weight = weights[tap]!;
      first += weight * rows[from]!;
      second += weight * rows[from + 1]!;
      third += weight * rows[from + 2]!;
      fourth += weight * rows[from + 3]!;
    }
    output[to + i] = first;
    output[to + i + 1] = second;
    output[to + i + 2] = third;
    output[to + i + 3] = fourth;
  }
  for (let i = fours; i < length; i++) {
    let sum = 0;
    for (let tap = 0; tap < count; tap++)
      sum += weights[firstWeight + tap]! * rows[start + i + tap * length]!;
    output[to + i] = sum;
  }
}

/** @param total - what the weights of a pixel that comes out add up to */
function tapsOf({ start, length, bounds }: Stretch, to: number, total: number, flip: boolean): Taps {
  const step = length / to;
  const reach = Math.max(step, 1);
  const width = 2 * Math.ceil(reach) + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * step;
    const first = Math.max(Math.floor(centre - reach + 0.5), bounds[0]);
    const end = Math.min(Math.floor(centre + reach + 0.5), bounds[1]);
    let sum = 0;
    for (let pixel = first; pixel < end; pixel++) sum += triangle((pixel + 0.5 - centre) / reach);
    const at = flip ? to - 1 - i : i;
    starts[at] = first;
    counts[at] = end - first;
    for (let pixel = first; pixel < end; pixel++) {
      weights[at * width + pixel - first] = (total / sum) * triangle((pixel + 0.5 - centre) / reach);
    }
  }
  return { starts, counts, weights, width };
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}
