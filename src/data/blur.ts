import type { ImageShape } from './dataset.js';

/** Weights below this are nothing in float32 beside the largest. */
const negligible = 2 ** -26;

let blurred = new Float32Array(0);

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
  if (blurred.length < image.length) blurred = new Float32Array(image.length);
  convolve(image, blurred, image.length, channels, width * channels, weights);
  convolve(blurred, image, image.length, width * channels, image.length, weights);
}

/** One side of the kernel, from its centre outwards as far as float32 sees it. */
function gaussian(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: radius + 1 }, (_, x) =>
    Math.exp(-(x * x) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + 2 * weight, -1);
  const within = weights.findLastIndex((weight) => weight > negligible);
  return weights.subarray(0, within + 1).map((weight) => weight / sum);
}

/** Along stretches of `length` values, whose neighbours lie `step` apart. */
function convolve(
  from: Float32Array,
  to: Float32Array,
  total: number,
  step: number,
  length: number,
  weights: Float64Array,
): void {
  for (let start = 0; start < total; start += length) {
    for (let i = 0; i < length; i++) {
      let sum = weights[0]! * from[start + i]!;
      for (let tap = 1; tap < weights.length; tap++) {
        const distance = tap * step;
        const before = i >= distance ? from[start + i - distance]! : 0;
        const after = i + distance < length ? from[start + i + distance]! : 0;
        sum += weights[tap]! * (before + after);
      }
      to[start + i] = sum;
    }
  }
}
