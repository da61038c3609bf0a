import type { ImageShape } from './dataset.js';
import { floats, reserve, sumRows } from './row-kernels.js';

/** A weight this small beside the largest changes nothing in float32. */
const negligible = 2 ** -26;

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
  const kernel = gaussian(Math.floor(Math.floor(height / 10) / 2), sigma);
  const radius = (kernel.length - 1) / 2;
  if (radius === 0) return;
  const length = width * channels;
  const row = 4 * length;
  const margin = radius * channels;
  const [weights, line, lines, blurred] = reserve(
    kernel.byteLength,
    row + 8 * margin,
    (height + 2 * radius) * row,
    row,
  );
  floats(weights, kernel.length).set(kernel);
  const lineBetweenZeros = floats(line, length + 2 * margin).fill(0);
  for (let y = 0; y < height; y++) {
    lineBetweenZeros.set(image.subarray(y * length, (y + 1) * length), margin);
    sumRows(line, 4 * channels, weights, kernel.length, lines + (radius + y) * row, row);
  }
  floats(lines, radius * length).fill(0);
  floats(lines + (radius + height) * row, radius * length).fill(0);
  const blurredRow = floats(blurred, length);
  for (let y = 0; y < height; y++) {
    sumRows(lines + y * row, row, weights, kernel.length, blurred, row);
    image.set(blurredRow, y * length);
  }
}

/** The kernel, as far to both sides as float32 sees it. */
function gaussian(radius: number, sigma: number): Float32Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, x) =>
    Math.exp(-((x - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight);
  const first = weights.findIndex((weight) => weight > negligible);
  return Float32Array.from(weights.subarray(first, weights.length - first), (weight) => weight / sum);
}
