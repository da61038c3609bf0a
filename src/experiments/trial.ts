import { createHash } from 'node:crypto';
import type { ViewSettings } from '../data/index.js';
import { InputError } from '../errors.js';
import { byName as lossByName } from '../losses/index.js';
import { byName as methodByName } from '../methods/index.js';
import {
  type Factor,
  factors,
  type LearningRateRule,
  listed,
  type SweepSpec,
  scaledLearningRate,
  specDefaults,
} from './spec.js';

/** The images of a sweep as its processes found them. */
export interface SweepImages {
  readonly data: string;
  readonly images: number;
  /** SHA-256 of labels and sampled pixels. */
  readonly fingerprint: string;
  readonly testData: string;
  readonly testImages: number;
  readonly testFingerprint: string;
  readonly views: ViewSettings;
}

/** Everything that one trial's numbers depend on besides the rounding of the engine: a row's settings. */
export interface TrialSettings extends Omit<SweepImages, 'views'> {
  readonly method: string;
  /** Of the method's queue; null where it has none. */
  readonly queueSize: number | null;
  /** Of a momentum encoder; null where the method has none. */
  readonly keyMomentum: number | null;
  readonly loss: string;
  readonly temperature: number;
  /** Of the weights of `dclw`; null for other losses. */
  readonly sigma: number | null;
  /** What the loss is the mean or sum of: it scales the gradient as a learning rate does. */
  readonly lossScale: string;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  /** The highest learning rate at a batch of 128. */
  readonly learningRate: number;
  readonly learningRateRule: LearningRateRule;
  /** The highest learning rate of this trial. */
  readonly peakLearningRate: number;
  readonly warmupEpochs: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly architecture: string;
  readonly stem: 'cifar' | 'imagenet';
  /** Channels of the first stage; null for the architecture's own. */
  readonly width: number | null;
  readonly headFeatures: number;
  /** `data.ViewSettings` as JSON. */
  readonly views: string;
  readonly knnNeighbours: number;
  readonly knnTemperature: number;
  readonly linearEpochs: number;
  /** Version of this library. */
  readonly dclLab: string;
}

type FactorValues = Pick<TrialSettings, Factor>;

/** One training with its evaluation. */
export interface Trial {
  /** Names the trial's folder: the factors, to read, and a hash of all settings. */
  readonly key: string;
  readonly settings: TrialSettings;
}

/**
 * Every trial of a sweep once, seed by seed, so that each comparison is complete for the first seeds as early as can be.
 * @throws InputError where a batch is larger than the data set
 */
export function trialsOf(spec: SweepSpec, images: SweepImages, dclLab: string): Trial[] {
  const { oneAtATime = {}, ...central } = spec;
  const grids = [
    central,
    ...Object.entries(oneAtATime).map(([factor, values]) => ({ ...central, [factor]: values })),
  ];
  const trials = new Map(
    grids.flatMap((grid) => trialsOfGrid(grid, images, dclLab)).map((trial) => [trial.key, trial]),
  );
  const seeds = valuesOf(spec, 'seed');
  const place = ({ settings }: Trial) => seeds.indexOf(settings.seed);
  return [...trials.values()].sort((a, b) => place(a) - place(b));
}

function trialsOfGrid(spec: SweepSpec, images: SweepImages, dclLab: string): Trial[] {
  const combinations = factors.reduce<object[]>(
    (partial, factor) =>
      partial.flatMap((given) => valuesOf(spec, factor).map((value) => ({ ...given, [factor]: value }))),
    [{}],
  );
  return combinations.map((values) => {
    const settings = settingsOf(spec, values as FactorValues, images, dclLab);
    if (settings.batchSize > images.images) {
      throw new InputError(
        `batchSize is ${settings.batchSize}, but ${images.data} has ${images.images} images; take a smaller batch.`,
      );
    }
    return { key: keyOf(settings), settings };
  });
}

function valuesOf(spec: SweepSpec, factor: Factor): readonly (string | number)[] {
  const defaults: Partial<Record<Factor, string | number>> = specDefaults;
  return listed<string | number>(spec[factor] ?? defaults[factor]!);
}

function settingsOf(
  spec: SweepSpec,
  { method, queueSize, loss, temperature, batchSize, epochs, seed, learningRate }: FactorValues,
  { views, ...images }: SweepImages,
  dclLab: string,
): TrialSettings {
  const {
    keyMomentum,
    learningRateRule,
    architecture,
    stem,
    headFeatures,
    warmupEpochs,
    momentum,
    weightDecay,
  } = {
    ...specDefaults,
    ...spec,
  };
  const own = methodByName(method, { loss: lossByName(loss) }).settings;
  return {
    ...images,
    method,
    queueSize: 'queueSize' in own ? queueSize : null,
    keyMomentum: 'keyMomentum' in own ? keyMomentum : null,
    loss,
    temperature,
    sigma: loss === 'dclw' ? (spec.sigma ?? specDefaults.sigma) : null,
    lossScale: 'mean over the anchors',
    batchSize,
    epochs,
    seed,
    learningRate,
    learningRateRule,
    peakLearningRate: scaledLearningRate(learningRate, learningRateRule, batchSize),
    warmupEpochs,
    momentum,
    weightDecay,
    architecture,
    stem,
    width: spec.width ?? null,
    headFeatures,
    views: JSON.stringify(views),
    knnNeighbours: 200,
    knnTemperature: 0.1,
    linearEpochs: spec.linearEpochs ?? specDefaults.linearEpochs,
    dclLab,
  };
}

function keyOf(settings: TrialSettings): string {
  const { method, queueSize, loss, batchSize, temperature, learningRate, epochs, seed } = settings;
  const hash = createHash('sha256')
    .update(JSON.stringify(Object.entries(settings).sort()))
    .digest('hex');
  const queue = queueSize === null ? '' : `-queue${queueSize}`;
  const readable = `${method}${queue}-${loss}-batch${batchSize}-t${temperature}-lr${learningRate}-epochs${epochs}-seed${seed}`;
  return `${readable}-${hash.slice(0, 12)}`;
}
