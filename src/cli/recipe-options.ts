/** What a recipe means to `dcl-lab pretrain`. */
import type { Command } from 'commander';
import {
  completeSettings,
  type OptimiserChoice,
  optimiserByName,
  type RecipeName,
  type RecipeSettings,
  recipe,
} from '../train/index.js';
import { given } from './option-values.js';
import type { TrainingOptions } from './pretrain-options.js';

/** @throws InputError for what all of the recipes leave open */
export function settingsOfRecipes(names: TrainingOptions['recipe']): RecipeSettings | undefined {
  if (names === undefined) return undefined;
  const [first, ...otherwise] = names as [RecipeName, ...RecipeName[]];
  return completeSettings(recipe(first, ...otherwise));
}

/**
 * The options with those of the recipe in place of what was not typed. Of an optimiser that was typed, the recipe says
 * nothing, unless it is the recipe's own; a learning rate that was typed is not scaled unless that was, too.
 */
export function withRecipe<T extends TrainingOptions>(options: T, command: Command): T {
  const settings = settingsOfRecipes(options.recipe);
  if (settings === undefined) return options;
  const typed = (option: string) => command.getOptionValueSource(option) === 'cli';
  const { optimiser, base, learningRate, learningRateScaling } = optionsOf(settings);
  const stated = {
    ...base,
    ...(typed('learningRate') ? {} : { learningRate, learningRateScaling }),
    ...(typed('optimiser') && options.optimiser !== optimiser.optimiser ? {} : optimiser),
  };
  const untyped = Object.entries(given(stated)).filter(([option]) => !typed(option));
  return { ...options, ...Object.fromEntries(untyped) };
}

/** The settings in the words of the command's options. */
function optionsOf({ optimiser, learningRate, ...settings }: RecipeSettings) {
  const { architecture, stem, method, loss, temperature, head, batchSize, epochs } = settings;
  const { warmupEpochs, warmupStart, cosineFloor } = settings;
  const { name, weightDecay } = optimiser;
  return {
    base: {
      ...{
        architecture,
        stem,
        method,
        loss,
        temperature,
        headFeatures: head.outputFeatures,
        batchSize,
        epochs,
      },
      warmupEpochs,
      ...(warmupStart !== 'none' && { warmupStart }),
      ...(cosineFloor !== 'none' && { cosineFloor }),
    },
    optimiser: {
      optimiser: name,
      weightDecay,
      ...(optimiser.name === 'lars' && {
        larsForm: optimiser.form,
        trustCoefficient: optimiser.trustCoefficient,
      }),
    },
    learningRate: learningRate.base,
    learningRateScaling: learningRate.scaling,
  };
}

/** The optimiser of the options, with what they have no word for from the recipe if it is the recipe's. */
export function optimiserOf(
  { optimiser: name, larsForm: form, trustCoefficient, weightDecay }: TrainingOptions,
  settings: RecipeSettings | undefined,
): OptimiserChoice {
  const own = settings?.optimiser;
  const same = own?.name === name && (own.name !== 'lars' || own.form === form);
  return optimiserByName({ ...(same && own), name, ...given({ form, trustCoefficient, weightDecay }) });
}
