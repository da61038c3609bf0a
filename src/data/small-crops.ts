import { InputError, requireInteger } from '../errors.js';
import type { ImageShape } from './dataset.js';
import { requireInterval } from './require-interval.js';

/**
 * Small crops of each image beside its two views: multi-crop (Caron et al., SwAV, 2020, section 3.2). They show a small part
 * of the image in fewer pixels, so that several of them cost less than a third view. Flips and colours change as in the views.
 */
export interface SmallCrops {
  /** How many of each image; SwAV takes 6. */
  readonly count: number;
  /**
   * Height and width in pixels that a crop is resized to, at most those of the image: bilinear without antialiasing, so it
   * should not be much smaller than the part that it shows. SwAV takes 96 beside views of 224.
   */
  readonly size: number;
  /** Smallest and largest share of the image's area that a crop covers, in (0, 1]; SwAV takes 0.05 to 0.14. */
  readonly scale: readonly [number, number];
}

/** @throws InputError naming the setting that is out of range */
export function requireSmallCrops({ count, size, scale }: SmallCrops): void {
  requireInteger('smallCrops.count', count);
  requireInteger('smallCrops.size', size);
  requireInterval('smallCrops.scale', scale, 1);
}

/** @throws InputError where a small crop would have more pixels than the images in height or width */
export function requireSmaller(
  { size }: SmallCrops,
  { name, shape }: { name: string; shape: ImageShape },
): void {
  const most = Math.min(shape[0], shape[1]);
  if (size <= most) return;
  throw new InputError(
    `smallCrops.size is ${size}, but the images of ${name} have ${shape[0]}x${shape[1]} pixels; give at most ${most}.`,
  );
}
