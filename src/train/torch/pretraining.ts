import type { ViewSettings } from '../../data/index.js';
import { InputError } from '../../errors.js';
import type { LossSettings } from '../../losses/index.js';
import type { ResNetStructure } from '../../models/index.js';
import type { ScaledLearningRate } from '../learning-rate.js';
import { optimiserNames } from '../optimiser-by-name.js';
import type { RecipeSettings } from '../recipes/recipe.js';

/** A pretraining by SimCLR in all its settings, to be written as a script for PyTorch. */
export interface TorchPretraining {
  /** What the settings are of, such as `the recipe lightly`. */
  readonly origin: string;
  /** Where each group of settings is to be read. */
  readonly sources: { readonly [group in SettingsGroup]?: readonly string[] };
  /** Where the script does otherwise than what it is of. */
  readonly notes: readonly string[];
  readonly loss: { readonly name: string; readonly settings: LossSettings };
  readonly encoder: ResNetStructure;
  readonly head: RecipeSettings['head'];
  readonly views: ViewSettings;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly optimiser: {
    readonly name: string;
    readonly settings: Readonly<Record<string, number | string | boolean>>;
  };
  readonly learningRate: number | ScaledLearningRate;
  readonly warmupEpochs: number;
  readonly warmupStart?: number;
  readonly cosineFloor?: number;
}

/** Settings that have one source. */
export type SettingsGroup =
  | 'loss'
  | 'encoder'
  | 'head'
  | 'views'
  | 'batch'
  | 'optimiser'
  | 'learningRate'
  | 'schedule';

/**
 * The pretraining itself, if the script has all that it needs.
 * @throws InputError for what the script does not have
 */
export function requireInScript(pretraining: TorchPretraining): TorchPretraining {
  const { encoder, views, origin, optimiser } = pretraining;
  if (!optimiserNames.includes(optimiser.name)) {
    throw new InputError(
      `${origin} has the optimiser ${optimiser.name}; the script for PyTorch has ${optimiserNames.join(' and ')}.`,
    );
  }
  const channels = encoder.inputShape[2];
  if (channels !== 3) {
    throw new InputError(
      `The images of ${origin} have ${channels} channels; the script for PyTorch reads images of 3 channels.`,
    );
  }
  if (views.smallCrops !== undefined) {
    throw new InputError(
      `${origin} has small crops (multi-crop) among its views, which the script for PyTorch does not make: leave smallCrops out.`,
    );
  }
  return pretraining;
}

/** @throws InputError for another method than SimCLR */
export function requireSimclr(method: string, origin: string): void {
  if (method === 'simclr') return;
  throw new InputError(
    `${origin} trains with the method ${method}; the script for PyTorch has simclr alone. Train ${method} with dcl-lab pretrain.`,
  );
}
