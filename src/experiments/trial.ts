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
  /** Name of the training images, such as `cifar10 train`. */
  readonly data: string;
  /** Number of training images. */
  readonly images: number;
  /** SHA-256 of labels and sampled pixels. */
  readonly fingerprint: string;
  /** Name of the test images. */
  readonly testData: string;
  /** Number of test images. */
  readonly testImages: number;
  /** The same of the test images. */
  readonly testFingerprint: string;
  /** Settings of the random views. */
  readonly views: ViewSettings;
}

/** Everything that one trial's numbers depend on besides the rounding of the engine: a row's settings. */
export interface TrialSettings extends Omit<SweepImages, 'views'> {
  /** Self-supervised method, such as `simclr`. */
  readonly method: string;
  /** Of the method's queue; null where it has none. */
  readonly queueSize: number | null;
  /** Of a momentum encoder; null where the method has none. */
  readonly keyMomentum: number | null;
  /** Contrastive loss: `infonce`, `dcl` or `dclw`. */
  readonly loss: string;
  /** Divides the similarities. */
  readonly temperature: number;
  /** Of the weights of `dclw`; null for other losses. */
  readonly sigma: number | null;
  /** What the loss is the mean or sum of: it scales the gradient as a learning rate does. */
  readonly lossScale: string;
  /** Images N in a step. */
  readonly batchSize: number;
  /** Passes over the training images. */
  readonly epochs: number;
  /** Decides weights, order and views. */
  readonly seed: number;
  /** The highest learning rate at a batch of 128. */
  readonly learningRate: number;
  /** How the highest learning rate follows the batch size. */
  readonly learningRateRule: LearningRateRule;
  /** The highest learning rate of this trial. */
  readonly peakLearningRate: number;
  /** Epochs of linear warm-up. */
  readonly warmupEpochs: number;
  /** Of SGD. */
  readonly momentum: number;
  /** Of SGD, on every weight. */
  readonly weightDecay: number;
  /** Of the encoder, such as `resnet18`. */
  readonly architecture: string;
  /** The encoder's first layers. */
  readonly stem: 'cifar' | 'imagenet';
  /** Channels of the first stage; null for the architecture's own. */
  readonly width: number | null;
  /** Dimension of the embeddings that the loss compares. */
  readonly headFeatures: number;
  /** `data.ViewSettings` as JSON. */
  readonly views: string;
  /** Neighbours k that vote in kNN. */
  readonly knnNeighbours: number;
  /** Of kNN's votes. */
  readonly knnTemperature: number;
  /** Epochs of linear evaluation. */
  readonly linearEpochs: number;
  /** Version of this library. */
  readonly dclLab: string;
}

type FactorValues = Pick<TrialSettings, Factor>;

/** One training with its evaluation. */
export interface Trial {
  /** Names the trial's folder: the factors, to read, and a hash of all settings. */
  readonly key: string;
  /** What it is to compute. */
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
