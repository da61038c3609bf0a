import type { DecodedImage } from './decode-image.js';
import { resample } from './resample.js';

/** Sides in pixels of the images that evaluation sees. */
export interface EvaluationCrop {
  /** That of the image's shorter side once it is resized. */
  readonly resize: number;
  /** That of the square cut out of its centre. */
  readonly size: number;
}

/**
 * Resizes an image so that its shorter side is `resize`, with antialiasing, and cuts `size` x `size` pixels out of its
 * centre; sizes and offsets are rounded as torchvision's Resize and CenterCrop do.
 * @returns pixels 0 to 255, [size, size, channels]
 */
export function evaluationCrop(
  { size: [height, width], pixels }: DecodedImage,
  channels: 1 | 3,
  { resize, size }: EvaluationCrop,
): Uint8Array {
  const shorter = Math.min(height, width);
  const stretchOf = (side: number) => {
    const resized = Math.floor((resize * side) / shorter);
    const step = side / resized;
    const offset = roundHalfToEven((resized - size) / 2);
    return { start: offset * step, length: size * step, bounds: [0, side] as const };
  };
  const region = { rows: stretchOf(height), columns: stretchOf(width) };
  const values = new Float32Array(size * size * channels);
  resample(pixels, [height, width, channels], region, false, [size, size], 1, values);
  const crop = new Uint8Array(values.length);
  for (let i = 0; i < crop.length; i++) crop[i] = Math.min(values[i]! + 0.5, 255);
  return crop;
}

/** As Python rounds. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
