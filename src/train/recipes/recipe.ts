import type { ViewSettings } from '../../data/index.js';
import type { CompleteHead } from '../../methods/index.js';
import type { StemName } from '../../models/index.js';
import type { ScaledLearningRate } from '../learning-rate.js';
import type { OptimiserSettings } from '../optimiser-by-name.js';

/** How a frozen encoder is measured by a linear classifier on its features. */
export interface LinearEvaluationSettings {
  readonly optimiser: string;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly learningRate: ScaledLearningRate;
  readonly schedule: string;
  readonly batchSize: number;
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
  readonly architecture: string;
  readonly stem: StemName;
  /** Whether pixels are standardised by ImageNet's mean and standard deviation or left in [0, 1]. */
  readonly standardise: 'imagenet' | 'none';
  readonly method: string;
  readonly loss: string;
  readonly temperature: number;
  readonly head: Omit<CompleteHead, 'hiddenFeatures'> & { readonly hiddenFeatures: number };
  readonly views: ViewSettings;
  /** Images whose embeddings are compared with each other, over all devices. */
  readonly batchSize: number;
  readonly epochs: number;
  readonly optimiser: OptimiserSettings;
  readonly learningRate: ScaledLearningRate;
  readonly warmupEpochs: number;
  /** Learning rate of the first step; `none`: one part of the climb from 0. */
  readonly warmupStart: number | 'none';
  /** Share of the highest learning rate that is left in the last step; `none`: a step more would make it 0. */
  readonly cosineFloor: number | 'none';
  readonly linearEvaluation: LinearEvaluationSettings;
}

/** Stands for a setting that the source does not state. */
export const notStated = 'not stated';
export type NotStated = typeof notStated;

/** How someone pretrained on ImageNet, with the source of each setting. */
export interface Recipe {
  readonly name: string;
  readonly settings: { readonly [K in keyof RecipeSettings]: RecipeSettings[K] | NotStated };
  /** Where each setting that is stated is to be read. */
  readonly sources: { readonly [K in keyof RecipeSettings]?: string };
  /** What the settings cannot say: where this library does otherwise than the source. */
  readonly notes: readonly string[];
}
