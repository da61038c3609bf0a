import type { ImageShape } from './dataset.js';

/** A weight this small beside the largest changes nothing in float32. */
const negligible = 2 ** -26;

/** The latest image blurred along its rows, between rows of zeros, and one of its rows between zeros: it is the hot path. */
let rowsBetweenZeros = new Float32Array(0);
let rowBetweenZeros = new Float32Array(0);

/**
 * SimCLR's Gaussian blur (google-research/simclr, data_util.py): a kernel of floor(floor(height / 10) / 2) pixels to each
 * side whose weights add up to 1, along rows and columns, with zeros beyond the border. In place.
 * @param image - [height, width, channels]
 * @param sigma - standard deviation in pixels
 */
export function gaussianBlur(
  image: Float32Array,
  [height, width, channels]: ImageShape,
  sigma: number,
): void {
  const weights = gaussian(Math.floor(Math.floor(height / 10) / 2), sigma);
  const radius = weights.length - 1;
  if (radius === 0) return;
  const length = width * channels;
  const row = zeros(rowBetweenZeros, length + 2 * radius * channels);
  const rows = zeros(rowsBetweenZeros, (height + 2 * radius) * length);
  [rowBetweenZeros, rowsBetweenZeros] = [row, rows];
  for (let y = 0; y < height; y++) {
    row.set(image.subarray(y * length, (y + 1) * length), radius * channels);
    convolve(row, radius * channels, channels, weights, rows, (radius + y) * length, length);
  }
  for (let y = 0; y < height; y++) {
    convolve(rows, (radius + y) * length, length, weights, image, y * length, length);
  }
}

/** One side of the kernel, from its centre outwards as far as float32 sees it. */
function gaussian(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: radius + 1 }, (_, x) =>
    Math.exp(-(x * x) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + 2 * weight, -1);
  const last = weights.findLastIndex((weight) => weight > negligible);
  return weights.subarray(0, last + 1).map((weight) => weight / sum);
}

/** That many zeros, in the memory given if it suffices. */
function zeros(memory: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  return memory.length < length ? new Float32Array(length) : memory.fill(0, 0, length);
}

/** `length` values from `at` on, each with its neighbours at multiples of `step` to both sides; four at a time. */
function convolve(
  from: Float32Array,
  at: number,
  step: number,
  weights: Float64Array,
  output: Float32Array,
  to: number,
  length: number,
): void {
  const fours = length - (length % 4);
  const centre = weights[0]!;
  for (let i = 0; i < fours; i += 4) {
    let before = at + i;
    let after = before;
    let first = centre * from[before]!;
    let second = centre * from[before + 1]!;
    let third = centre * from[before + 2]!;
    let fourth = centre * from[before + 3]!;
    for (let tap = 1; tap < weights.length; tap++) {
      before -= step;
      after += step;
      const weight = weights[tap]!;
      first += weight * (from[before]! + from[after]!);
      second += weight * (from[before + 1]! + from[after + 1]!);
      third += weight * (from[before + 2]! + from[after + 2]!);
      fourth += weight * (from[before + 3]! + from[after + 3]!);
    }
    output[to + i] = first;
    output[to + i + 1] = second;
    output[to + i + 2] = third;
    output[to + i + 3] = fourth;
  }
  for (let i = fours; i < length; i++) {
    let sum = centre * from[at + i]!;
    for (let tap = 1; tap < weights.length; tap++) {
      sum += weights[tap]! * (from[at + i - tap * step]! + from[at + i + tap * step]!);
    }
    output[to + i] = sum;
  }
}
