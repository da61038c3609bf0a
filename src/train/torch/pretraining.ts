import type { ViewSettings } from '../../data/index.js';
import { InputError } from '../../errors.js';
import type { LossSettings } from '../../losses/index.js';
import type { ResNetStructure } from '../../models/index.js';
import type { ScaledLearningRate } from '../learning-rate.js';
import { optimiserNames } from '../optimiser-by-name.js';
import type { RecipeSettings } from '../recipes/recipe.js';
import type { TorchMethod } from './method.js';

/** A pretraining in all its settings, to be written as a script for PyTorch. */
export interface TorchPretraining {
  /** What the settings are of, such as `the recipe lightly`. */
  readonly origin: string;
  /** Where each group of settings is to be read. */
  readonly sources: Readonly<Partial<Record<SettingsGroup, readonly string[]>>>;
  /** Where the script does otherwise than what it is of. */
  readonly notes: readonly string[];
  /** What is learnt from the views of the joined batch of all processes. */
  readonly method: TorchMethod;
  /** Compares the joined batch. */
  readonly loss: {
    /** `infonce`, `dcl` or `dclw`. */
    readonly name: string;
    /** Its temperature, and sigma of `dclw`. */
    readonly settings: LossSettings;
  };
  /** Built by torchvision where it has such a ResNet, and by the script otherwise. */
  readonly encoder: ResNetStructure;
  /** The projection head on top of the encoder. */
  readonly head: RecipeSettings['head'];
  /** How two views of an image are drawn. */
  readonly views: ViewSettings;
  /** Images of one step, over all processes. */
  readonly batchSize: number;
  /** Passes over the images. */
  readonly epochs: number;
  /** Decides weights, order and views. */
  readonly seed: number;
  /** What turns gradients into new weights. */
  readonly optimiser: {
    /** `sgd` or `lars`. */
    readonly name: string;
    /** As the optimiser of that name takes them. */
    readonly settings: Readonly<Record<string, number | string | boolean>>;
  };
  /** The highest one, or a base to be scaled by the batch size. */
  readonly learningRate: number | ScaledLearningRate;
  /** Epochs of linear warm-up. */
  readonly warmupEpochs: number;
  /** Share of the highest learning rate with which the warm-up begins; 0 by default. */
  readonly warmupStart?: number;
  /** Share of the highest learning rate at which the cosine ends; 0 by default. */
  readonly cosineFloor?: number;
}

/** Settings that have one source. */
export type SettingsGroup =
  | 'method'
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
