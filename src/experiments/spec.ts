import type { ViewSettings } from '../data/index.js';

/** Values of one setting: a list of those to try, or a single one. */
export type OneOrMore<T> = T | readonly T[];

/** How the highest learning rate follows the batch size N, from its value at a batch of 128. */
export type LearningRateRule = 'linear' | 'square-root' | 'constant';

/**
 * What a sweep trains: every combination of the listed values (a grid over method, loss, queue size, batch size,
 * temperature, learning rate, epochs and seed), all else being equal. Plain data, as a JSON file holds it.
 */
export interface SweepSpec {
  /** What `data.load` takes: `mnist`, `cifar10`, `cifar100` or a folder. An image that cannot be read is an error. */
  readonly data: string;
  /** [height, width] of the images of a folder; by default their own. */
  readonly size?: readonly [number, number];
  /** Training images, balanced over the classes, the same for every trial; all by default. */
  readonly images?: number;
  /** Test images, likewise; all by default. */
  readonly testImages?: number;
  /** Default: `resnet18`. */
  readonly architecture?: string;
  /** First layers of the encoder, for small or large images; `cifar` by default. */
  readonly stem?: 'cifar' | 'imagenet';
  /** Channels of the encoder's first stage; the architecture's own by default. */
  readonly width?: number;
  /** Dimension of the embeddings that the loss compares; 128 by default. */
  readonly headFeatures?: number;
  /** `simclr` (default), `moco` or `nnclr`. */
  readonly method?: OneOrMore<string>;
  /** Keys or embeddings in the queue of `moco` and `nnclr`; 4096 by default. */
  readonly queueSize?: OneOrMore<number>;
  /** How much of the key encoder's weights each step of `moco` keeps; 0.999 by default. */
  readonly keyMomentum?: number;
  /** `infonce`, `dcl` or `dclw`. */
  readonly loss: OneOrMore<string>;
  /** Images per step. */
  readonly batchSize: OneOrMore<number>;
  /** 0.1 by default. */
  readonly temperature?: OneOrMore<number>;
  /** Width of the weights of `dclw`; 0.5 by default. */
  readonly sigma?: number;
  /** The highest learning rate at a batch of 128, from which `learningRateRule` makes that of each batch size; 0.06 by default. */
  readonly learningRate?: OneOrMore<number>;
  /** `linear` (default): x N / 128. `square-root`: x sqrt(N / 128). `constant`: the same for every N. */
  readonly learningRateRule?: LearningRateRule;
  /** Passes over the training images, each with a schedule of its own; 10 by default. */
  readonly epochs?: OneOrMore<number>;
  /** Whole numbers that decide weights, order and views; 1 by default. */
  readonly seed?: OneOrMore<number>;
  /** Epochs of linear warm-up; 0 by default. */
  readonly warmupEpochs?: number;
  /** 0.9 by default. */
  readonly momentum?: number;
  /** 5e-4 by default. */
  readonly weightDecay?: number;
  /** Settings of the views that differ from what `data.defaultViews` gives for the data set. */
  readonly views?: Partial<ViewSettings>;
  /** Epochs of linear evaluation; 90 by default. */
  readonly linearEpochs?: number;
  /**
   * Further trials: each of these settings by itself takes the values here, while all others stay as they are above. With
   * single values above, this is a sensitivity analysis around them. A trial that is there twice is computed once.
   */
  readonly oneAtATime?: Partial<Pick<SweepSpec, VariedAlone>>;
}

/** The settings that a sweep may give several values, in the order in which its trials vary them, the first slowest. */
export const factors = [
  ...(['seed', 'epochs', 'temperature', 'learningRate', 'batchSize'] as const),
  ...(['method', 'queueSize', 'loss'] as const),
] as const;
/**
 * A setting that a sweep may give several values.
 * @useDeclaredType
 */
export type Factor = (typeof factors)[number];

/** Those that can be varied by themselves: comparisons need every setting with the same seeds. */
export type VariedAlone = Exclude<Factor, 'seed'>;

/** What holds for a setting that a spec leaves out. */
export const specDefaults = {
  architecture: 'resnet18',
  stem: 'cifar',
  headFeatures: 128,
  method: 'simclr',
  queueSize: 4096,
  keyMomentum: 0.999,
  temperature: 0.1,
  sigma: 0.5,
  learningRate: 0.06,
  learningRateRule: 'linear',
  epochs: 10,
  seed: 1,
  warmupEpochs: 0,
  momentum: 0.9,
  weightDecay: 5e-4,
  linearEpochs: 90,
} as const;

/** The highest learning rate of a batch of `batchSize`. @param atBatch128 - that of a batch of 128 */
export function scaledLearningRate(atBatch128: number, rule: LearningRateRule, batchSize: number): number {
  const exponent = { linear: 1, 'square-root': 0.5, constant: 0 }[rule];
  return atBatch128 * (batchSize / 128) ** exponent;
}

/** The values of a setting as a list. */
export function listed<T extends string | number>(values: OneOrMore<T>): readonly T[] {
  return typeof values === 'object' ? values : [values];
}
