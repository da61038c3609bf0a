import type { Box } from './crop.js';
import type { ImageShape } from './dataset.js';
import { floats, memory, reserve, resizeRow, sumRows } from './row-kernels.js';

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

/**
 * What each pixel that comes out is made of, a record each: the first pixel, how many there are from it on, and their
 * weights. Both arrays are of the same memory.
 */
interface Taps {
  readonly integers: Int32Array;
  readonly weights: Float32Array;
  /** Values in a record. */
  readonly record: number;
}

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
  const [first] = pixelsOf(down, 0);
  const [, end] = pixelsOf(down, height - 1);
  const imageRow = imageWidth * channels;
  const row = 4 * width * channels;
  const [source, acrossTaps, downTaps, lines, resized] = reserve(
    imageRow,
    across.integers.byteLength,
    down.integers.byteLength,
    (end - first) * row,
    row,
  );
  new Int32Array(memory.buffer, acrossTaps).set(across.integers);
  new Int32Array(memory.buffer, downTaps).set(down.integers);
  const sourceRow = new Uint8Array(memory.buffer, source, imageRow);
  for (let y = first; y < end; y++) {
    sourceRow.set(pixels.subarray(y * imageRow, (y + 1) * imageRow));
    resizeRow(source, channels, acrossTaps, 4 * across.record, lines + (y - first) * row, row);
  }
  const resizedRow = floats(resized, width * channels);
  for (let y = 0; y < height; y++) {
    const [start, end] = pixelsOf(down, y);
    const weights = downTaps + 4 * (y * down.record + leading);
    sumRows(lines + (start - first) * row, row, weights, end - start, resized, row);
    output.set(resizedRow, y * width * channels);
  }
}

/** Values of a record before its weights. */
const leading = 2;

/** The first pixel that counts for one that comes out, and the one after the last. */
function pixelsOf({ integers, record }: Taps, at: number): readonly [number, number] {
  const first = integers[at * record]!;
  return [first, first + integers[at * record + 1]!];
}

/** @param total - what the weights of a pixel that comes out add up to */
function tapsOf({ start, length, bounds }: Stretch, to: number, total: number, flip: boolean): Taps {
  const step = length / to;
  const reach = Math.max(step, 1);
  const record = leading + 2 * Math.ceil(reach) + 1;
  const integers = new Int32Array(to * record);
  const weights = new Float32Array(integers.buffer);
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * step;
    const first = Math.max(Math.floor(centre - reach + 0.5), bounds[0]);
    const end = Math.min(Math.floor(centre + reach + 0.5), bounds[1]);
    let sum = 0;
    for (let pixel = first; pixel < end; pixel++) sum += triangle((pixel + 0.5 - centre) / reach);
    const at = (flip ? to - 1 - i : i) * record;
    integers[at] = first;
    integers[at + 1] = end - first;
    for (let pixel = first; pixel < end; pixel++) {
      weights[at + leading + pixel - first] = (total / sum) * triangle((pixel + 0.5 - centre) / reach);
    }
  }
  return { integers, weights, record };
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}
