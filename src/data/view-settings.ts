import { requireRange } from '../errors.js';
import type { Dataset } from './dataset.js';
import { requireInterval } from './require-interval.js';
import { requireSmallCrops, type SmallCrops } from './small-crops.js';

/** Everything that decides how views are drawn: plain numbers, to be stored with a run. */
export interface ViewSettings {
  /** Smallest and largest share of the image's area that a crop covers, in (0, 1]. */
  readonly cropScale: readonly [number, number];
  /** Smallest and largest width / height of a crop before it is resized to the image's size. */
  readonly cropRatio: readonly [number, number];
  /** Probability of a horizontal flip. */
  readonly flipProbability: number;
  /** Probability that the four colour changes below are made at all. */
  readonly jitterProbability: number;
  /** Brightness is multiplied by a factor from [max(0, 1 - brightness), 1 + brightness]. */
  readonly brightness: number;
  /** Same for the distance from the image's mean gray. */
  readonly contrast: number;
  /** Same for the distance from each pixel's own gray; no effect on images of one channel. */
  readonly saturation: number;
  /** Hue is turned by a share of the full circle from [-hue, hue], at most 0.5; no effect on images of one channel. */
  readonly hue: number;
  /** Probability that the colours are replaced by gray. */
  readonly grayscaleProbability: number;
  /** Gaussian blur after all else; none where it is left out. */
  readonly blur?: Blur;
  /** Small crops beside the two views; none where it is left out. */
  readonly smallCrops?: SmallCrops;
}

/** SimCLR's Gaussian blur (its appendix A): the kernel reaches over a tenth of the view's height. */
export interface Blur {
  /** Of blurring a view at all. */
  readonly probability: number;
  /** Smallest and largest standard deviation in pixels of the view. */
  readonly sigma: readonly [number, number];
}

/** Any of the settings; those left out come from SimCLR's recipe at the given strength. */
export interface SimclrViewsOptions {
  /** Strength s of the colour jitter: brightness, contrast and saturation 0.8 s, hue 0.2 s; 0.5 by default, ImageNet takes 1. */
  readonly strength?: number;
  /** Smallest and largest share of the image's area that a crop covers; [0.08, 1] by default. */
  readonly cropScale?: readonly [number, number];
  /** Smallest and largest width / height of a crop before it is resized; [3/4, 4/3] by default. */
  readonly cropRatio?: readonly [number, number];
  /** Probability of a horizontal flip; 0.5 by default. */
  readonly flipProbability?: number;
  /** Probability that the four colour changes are made at all; 0.8 by default. */
  readonly jitterProbability?: number;
  /** Largest change of brightness, as a share; 0.8 s by default. */
  readonly brightness?: number;
  /** Largest change of the distance from the image's mean gray, as a share; 0.8 s by default. */
  readonly contrast?: number;
  /** Largest change of the distance from each pixel's own gray, as a share; 0.8 s by default. */
  readonly saturation?: number;
  /** Largest turn of the hue as a share of the full circle, at most 0.5; 0.2 s by default. */
  readonly hue?: number;
  /** Probability that the colours are replaced by gray; 0.2 by default. */
  readonly grayscaleProbability?: number;
  /** None by default; ImageNet takes probability 0.5 and sigma 0.1 to 2. */
  readonly blur?: Blur;
  /** Small crops beside the two views, which in SwAV then cover 0.14 to 1 of the area (`cropScale`); none by default. */
  readonly smallCrops?: SmallCrops;
}

/**
 * SimCLR's random views (Chen et al., 2020, appendix A) as CIFAR uses them (its appendix B.9): crops of 0.08 to 1 of the
 * area and ratio 3/4 to 4/3, flips with probability 0.5, colour jitter of strength 0.5 with probability 0.8, gray with
 * probability 0.2, no blur.
 * @throws InputError naming the setting that is out of range
 */
export function simclrViews(options: SimclrViewsOptions = {}): ViewSettings {
  const { strength = 0.5, ...given } = options;
  requireRange('strength', strength, 0);
  const settings: ViewSettings = {
    cropScale: [0.08, 1],
    cropRatio: [3 / 4, 4 / 3],
    flipProbability: 0.5,
    jitterProbability: 0.8,
    brightness: 0.8 * strength,
    contrast: 0.8 * strength,
    saturation: 0.8 * strength,
    hue: 0.2 * strength,
    grayscaleProbability: 0.2,
    ...given,
  };
  requireViewSettings(settings);
  return settings;
}

/**
 * SimCLR's random views as ImageNet uses them (its appendix A): those of `simclrViews` with colour jitter of strength 1 and
 * Gaussian blur of sigma 0.1 to 2 with probability 0.5.
 * @throws InputError naming the setting that is out of range
 */
export function imagenetViews(options: SimclrViewsOptions = {}): ViewSettings {
  return simclrViews({ strength: 1, blur: { probability: 0.5, sigma: [0.1, 2] }, ...options });
}

/**
 * Views of supervised training on ImageNet, which its linear evaluation uses too: crops of 0.08 to 1 of the area and
 * flips, colours as they are.
 */
export function supervisedViews(): ViewSettings {
  return simclrViews({ strength: 0, jitterProbability: 0, grayscaleProbability: 0 });
}

/** Images of so many pixels in height and width, those of STL-10, are no longer small. */
const largeSide = 96;

/**
 * Views that suit a data set's images. Colour: `imagenetViews()` from 96x96 pixels on, `simclrViews()` below. One channel, such as MNIST: crops of at least half of the
 * area, since a smaller one shows a stroke and no digit, no flips, since a mirrored digit is not that digit, and
 * brightness and contrast 0.4 as in SimCLR.
 */
export function defaultViews(dataset: Pick<Dataset, 'shape'>): ViewSettings {
  const [height, width, channels] = dataset.shape;
  if (channels !== 1) return Math.min(height, width) >= largeSide ? imagenetViews() : simclrViews();
  return simclrViews({
    cropScale: [0.5, 1],
    flipProbability: 0,
    saturation: 0,
    hue: 0,
    grayscaleProbability: 0,
  });
}

/** @throws InputError naming the setting that is out of range */
export function requireViewSettings(settings: ViewSettings): void {
  requireInterval('cropScale', settings.cropScale, 1);
  requireInterval('cropRatio', settings.cropRatio, Number.POSITIVE_INFINITY);
  for (const name of ['flipProbability', 'jitterProbability', 'grayscaleProbability'] as const) {
    requireRange(name, settings[name], 0, 1);
  }
  for (const name of ['brightness', 'contrast', 'saturation'] as const) {
    requireRange(name, settings[name], 0);
  }
  requireRange('hue', settings.hue, 0, 0.5);
  if (settings.blur !== undefined) {
    requireRange('blur.probability', settings.blur.probability, 0, 1);
    requireInterval('blur.sigma', settings.blur.sigma, Number.POSITIVE_INFINITY);
  }
  if (settings.smallCrops !== undefined) requireSmallCrops(settings.smallCrops);
}
