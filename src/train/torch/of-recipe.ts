import { InputError } from '../../errors.js';
import { byName as lossByName } from '../../losses/index.js';
import { type MethodOptions, byName as methodByName } from '../../methods/index.js';
import { imagenetPixels, type ResNetStructure, resnets, stems } from '../../models/index.js';
import { optimiserByName } from '../optimiser-by-name.js';
import { completeSettings } from '../recipes/options.js';
import type { Recipe, RecipeSettings } from '../recipes/recipe.js';
import { type TorchMethod, torchMethod } from './method.js';
import { requireInScript, type TorchPretraining } from './pretraining.js';

/**
 * A recipe as a pretraining in PyTorch.
 * @param changes - settings to use instead of the recipe's, such as `{ loss: 'infonce' }` or `{ method: 'moco' }`
 * @param methodOptions - what it has beside loss and head, such as `{ queueSize: 65_536 }`; by default as `methods.byName`
 * @throws InputError naming what the recipe leaves open, what the script does not have, or what the method does not
 */
export function torchPretrainingOf(
  recipe: Recipe,
  changes: Partial<RecipeSettings> = {},
  methodOptions: Omit<MethodOptions, 'loss' | 'head'> = {},
): TorchPretraining {
  const origin = `the recipe ${recipe.name}`;
  const settings = completeSettings(recipe, changes);
  const { name, ...optimiser } = settings.optimiser;
  const side = typeof settings.viewSize === 'number' ? settings.viewSize : 224;
  const { warmupStart, cosineFloor } = settings;
  const loss = lossByName(settings.loss, { temperature: settings.temperature });
  const encoder: ResNetStructure = {
    ...partsOf(settings.architecture),
    stem: stems[settings.stem],
    standardise: settings.standardise === 'imagenet' ? imagenetPixels : 'none',
    inputShape: [side, side, 3],
  };
  const method = methodByName(settings.method, { loss, head: settings.head, ...methodOptions });
  return requireInScript({
    origin,
    sources: sourcesOf(recipe, changes),
    notes: [...recipe.notes, ...notesOn(settings.method, recipe)],
    method: torchMethod(method, encoder, origin),
    loss: { name: settings.loss, settings: loss.settings },
    encoder,
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

/** What the methods' papers have on ImageNet where a recipe of another method does not. */
const own: Readonly<Partial<Record<string, string>>> = {
  moco: 'MoCo v2 on ImageNet has a temperature of 0.2, no batch norm in its head, 65,536 keys in its queue, and SGD',
  nnclr: 'NNCLR on ImageNet has embeddings of 256 dimensions and 98,304 of them in its queue',
} satisfies Readonly<Partial<Record<TorchMethod['name'], string>>>;

function notesOn(method: string, recipe: Recipe): string[] {
  if (method === recipe.settings.method || own[method] === undefined) return [];
  return [`The settings but for the method are of a recipe of ${recipe.settings.method}; ${own[method]}.`];
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
    method: of('method'),
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
