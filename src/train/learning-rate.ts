import { requireOneOf, requirePositive } from '../errors.js';

/** How the highest learning rate follows from the images N of an update. */
export type LearningRateScaling = 'linear' | 'square-root';

/**
 * A highest learning rate that follows the batch (Chen et al., SimCLR, 2020, appendix B.1): `linear` is base x N / 256,
 * `square-root` is base x sqrt(N), N being the images of an update: the batch size, times `accumulate` where that is given.
 */
export interface ScaledLearningRate {
  /** Such as 0.3 for `linear` and 0.075 for `square-root`, SimCLR's. */
  readonly base: number;
  /** How the highest learning rate follows N. */
  readonly scaling: LearningRateScaling;
}

/** The highest learning rate of updates of so many images. @throws InputError for a base or a scaling that cannot be used */
export function highestLearningRate(rate: number | ScaledLearningRate, images: number): number {
  if (typeof rate === 'number') {
    requirePositive('learningRate', rate);
    return rate;
  }
  requirePositive('learningRate.base', rate.base);
  requireOneOf('learningRate.scaling', rate.scaling, ['linear', 'square-root']);
  return rate.base * (rate.scaling === 'linear' ? images / 256 : Math.sqrt(images));
}
