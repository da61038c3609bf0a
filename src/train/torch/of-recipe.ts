import { InputError } from '../../errors.js';
import { byName as lossByName } from '../../losses/index.js';
import { imagenetPixels, resnets, stems } from '../../models/index.js';
import { optimiserByName } from '../optimiser-by-name.js';
import { completeSettings } from '../recipes/options.js';
import type { Recipe, RecipeSettings } from '../recipes/recipe.js';
import { requireInScript, requireSimclr, type TorchPretraining } from './pretraining.js';

/**
 * A recipe as a pretraining in PyTorch.
 * @param changes - settings to use instead of the recipe's, such as `{ loss: 'infonce' }`
 * @throws InputError naming what the recipe leaves open, or what the script does not have
 */
export function torchPretrainingOf(recipe: Recipe, changes: Partial<RecipeSettings> = {}): TorchPretraining {
  const origin = `the recipe ${recipe.name}`;
  const settings = completeSettings(recipe, changes);
  requireSimclr(settings.method, origin);
  const { name, ...optimiser } = settings.optimiser;
  const side = typeof settings.viewSize === 'number' ? settings.viewSize : 224;
  const { warmupStart, cosineFloor } = settings;
  return requireInScript({
    origin,
    sources: sourcesOf(recipe, changes),
    notes: recipe.notes,
    loss: {
      name: settings.loss,
      settings: lossByName(settings.loss, { temperature: settings.temperature }).settings,
    },
    encoder: {
      ...partsOf(settings.architecture),
      stem: stems[settings.stem],
      standardise: settings.standardise === 'imagenet' ? imagenetPixels : 'none',
      inputShape: [side, side, 3],
    },
    head: settings.head,
    views: settings.views,
    batchSize: settings.batchSize,
    epochs: settings.epochs,
    seed: 1,
    optimiser: { name, settings: optimiserByName({ name, ...optimiser }).settings },
    learningRate: settings.learningRate,
    warmupEpochs: settings.warmupEpochs,
    ...(warmupStart !== 'none' && { warmupStart }),
    ...(cosineFloor !== 'none' && { cosineFloor }),
  });
}

function partsOf(architecture: string) {
  if (Object.hasOwn(resnets, architecture)) return resnets[architecture as keyof typeof resnets];
  throw new InputError(
    `There is no architecture "${architecture}": choose one of ${Object.keys(resnets).join(', ')}.`,
  );
}

function sourcesOf({ sources }: Recipe, changes: Partial<RecipeSettings>): TorchPretraining['sources'] {
  const of = (...settings: (keyof RecipeSettings)[]) => {
    const all = settings.map((setting) => (setting in changes ? 'as asked for' : sources[setting]));
    return [...new Set(all.filter((source) => source !== undefined))];
  };
  return {
    loss: of('loss', 'temperature'),
    encoder: of('architecture', 'stem', 'standardise'),
    head: of('head'),
    views: of('viewSize', 'views'),
    batch: of('batchSize', 'epochs'),
    optimiser: of('optimiser'),
    learningRate: of('learningRate'),
    schedule: of('warmupEpochs', 'warmupStart', 'cosineFloor'),
  };
}
