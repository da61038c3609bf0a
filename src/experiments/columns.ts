import type { ResultRow } from './row.js';

/** Part of a column's name, unit and meaning that a reader of the table needs. */
export interface Column {
  /** What its cells hold. */
  readonly kind: 'text' | 'number';
  /** What it means, with its unit. */
  readonly meaning: string;
}

const text = (meaning: string): Column => ({ kind: 'text', meaning });
const number = (meaning: string): Column => ({ kind: 'number', meaning });

/** Settings: what two arms of a comparison must have in common, besides the factor between them and the seeds. */
export const settingColumns = {
  method: text('self-supervised method'),
  queueSize: number('keys or embeddings in the queue; empty for methods that have none'),
  keyMomentum: number("how much of the key encoder's weights a step keeps; empty for methods that have none"),
  loss: text('contrastive loss'),
  temperature: number('divides the similarities'),
  sigma: number("width of DCLW's weights; empty for other losses"),
  lossScale: text('what the loss is the mean or sum of'),
  batchSize: number('images N in a step'),
  epochs: number('passes over the training images'),
  seed: number('decides weights, order and views'),
  learningRate: number('highest learning rate at a batch of 128'),
  learningRateRule: text('how the highest learning rate follows the batch size'),
  peakLearningRate: number('highest learning rate of this trial'),
  warmupEpochs: number('epochs of linear warm-up'),
  momentum: number('of SGD'),
  weightDecay: number('of SGD, on every weight'),
  architecture: text('encoder'),
  stem: text("the encoder's first layers"),
  width: number("channels of the encoder's first stage; empty for the architecture's own"),
  headFeatures: number('dimension of the embeddings that the loss compares'),
  views: text('settings of the random views, JSON'),
  data: text('training images'),
  images: number('number of training images; kNN and linear evaluation use the labels of the same'),
  fingerprint: text('SHA-256 of the training images (labels and a sample of pixels)'),
  testData: text('test images'),
  testImages: number('number of test images'),
  testFingerprint: text('SHA-256 of the test images'),
  knnNeighbours: number('k of kNN'),
  knnTemperature: number("of kNN's votes"),
  linearEpochs: number('epochs of linear evaluation'),
  dclLab: text('version of dcl-lab'),
} as const satisfies Partial<Record<keyof ResultRow, Column>>;

export const measureColumns = {
  knnTop1: number('kNN accuracy on the test images after the last epoch, 0 to 1'),
  linearTop1: number('linear evaluation on the test images after the last epoch, 0 to 1'),
  finalLoss: number('mean training loss of the last epoch, nats'),
  meanQ: number('mean multiplier q of the anchors in the last epoch'),
  variationQ: number('coefficient of variation of the same q'),
} as const satisfies Partial<Record<keyof ResultRow, Column>>;

/** Every column of a table of results, in order. */
export const columns: Readonly<Record<keyof ResultRow, Column>> = {
  key: text("names the trial: its factors and a hash of all settings, images and this library's version"),
  ...settingColumns,
  ...measureColumns,
  trainSeconds: number('seconds of training, over all sittings'),
  evaluationSeconds: number('seconds of evaluation'),
  finishedAt: text('ISO 8601, UTC'),
  engine: text('what computed'),
  device: text('where it computed'),
  threads: number('CPU threads that computed; empty where the engine decides'),
  processor: text('model of the CPU'),
  node: text('version of Node.js'),
  tfjs: text('version of TensorFlow.js'),
  onnxruntime: text('version of onnxruntime-node'),
};

/**
 * A column of the table of results that is a setting: what two arms of a comparison must share, but for one factor and
 * the seeds.
 * @useDeclaredType
 */
export type Setting = keyof typeof settingColumns;
/**
 * What the figures and comparisons can be of.
 * @useDeclaredType
 */
export type Measure = keyof typeof measureColumns;
