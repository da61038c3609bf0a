import type { ViewSettings } from '../../data/index.js';
import type { CompleteHead } from '../../methods/index.js';
import type { StemName } from '../../models/index.js';
import type { ScaledLearningRate } from '../learning-rate.js';
import type { OptimiserSettings } from '../optimiser-by-name.js';

/** How a frozen encoder is measured by a linear classifier on its features. */
export interface LinearEvaluationSettings {
  /** Such as `sgd`. */
  readonly optimiser: string;
  /** Share of the previous update that is kept. */
  readonly momentum: number;
  /** Multiple of each weight added to its gradient. */
  readonly weightDecay: number;
  /** The highest, and how it follows the batch. */
  readonly learningRate: ScaledLearningRate;
  /** How the learning rate falls from there, such as `cosine`. */
  readonly schedule: string;
  /** Images in a step, over all devices. */
  readonly batchSize: number;
  /** Passes over the training images. */
  readonly epochs: number;
  /** What of the epochs' accuracies on the validation images is reported. */
  readonly reported: string;
}

/** Everything that a pretraining needs to be told, and how it is evaluated: plain data. */
export interface RecipeSettings {
  /** Images it is trained on. */
  readonly data: string;
  /** Height and width of the views in pixels. */
  readonly viewSize: number;
  /** Of the encoder, such as `resnet50`. */
  readonly architecture: string;
  /** The encoder's first layers. */
  readonly stem: StemName;
  /** Whether pixels are standardised by ImageNet's mean and standard deviation or left in [0, 1]. */
  readonly standardise: 'imagenet' | 'none';
  /** Self-supervised method, such as `simclr`. */
  readonly method: string;
  /** Contrastive loss, such as `dcl`. */
  readonly loss: string;
  /** Divides the cosine similarities. */
  readonly temperature: number;
  /** The projection head. */
  readonly head: Omit<CompleteHead, 'hiddenFeatures'> & {
    /** Width of the hidden layers. */ readonly hiddenFeatures: number;
  };
  /** How views are made. */
  readonly views: ViewSettings;
  /** Images whose embeddings are compared with each other, over all devices. */
  readonly batchSize: number;
  /** Passes over the images. */
  readonly epochs: number;
  /** Its name and its own settings. */
  readonly optimiser: OptimiserSettings;
  /** The highest, and how it follows the batch. */
  readonly learningRate: ScaledLearningRate;
  /** Epochs of linear warm-up. */
  readonly warmupEpochs: number;
  /** Learning rate of the first step; `none`: one part of the climb from 0. */
  readonly warmupStart: number | 'none';
  /** Share of the highest learning rate that is left in the last step; `none`: a step more would make it 0. */
  readonly cosineFloor: number | 'none';
  /** How the encoder is measured afterwards. */
  readonly linearEvaluation: LinearEvaluationSettings;
}

/** Stands for a setting that the source does not state. */
export const notStated = 'not stated';
/** Type of {@link notStated}. */
export type NotStated = typeof notStated;

/** How someone pretrained on ImageNet, with the source of each setting. */
export interface Recipe {
  /** As {@link recipe} takes it; with what was taken from others, joined. */
  readonly name: string;
  /** Each as the source states it, or {@link notStated}. */
  readonly settings: { readonly [K in keyof RecipeSettings]: RecipeSettings[K] | NotStated };
  /** Where each setting that is stated is to be read. */
  readonly sources: { readonly [K in keyof RecipeSettings]?: string };
  /** What the settings cannot say: where this library does otherwise than the source. */
  readonly notes: readonly string[];
}
