import { InputError } from '../../errors.js';
import { byName as lossByName } from '../../losses/index.js';
import { byName as methodByName } from '../../methods/index.js';
import { optimiserByName } from '../optimiser-by-name.js';
import type { PretrainOptions } from '../plan.js';
import { notStated, type Recipe, type RecipeSettings } from './recipe.js';

/** What of `train.pretrain`'s options a recipe decides. */
export type RecipeOptions = Omit<PretrainOptions, 'encoder' | 'data'>;

/**
 * The options of a pretraining by a recipe, to spread into `train.pretrain`:
 * `pretrain({ ...recipeOptions(recipe('lightly')), encoder, data, batchSize: 64 })`. The learning rate follows the batch size
 * that is given in the end. Encoder and size of the images are the caller's to make as the recipe's settings say.
 *
 * @param changes - settings to use instead of the recipe's, such as `{ loss: 'infonce' }`
 * @throws InputError naming what the recipe does not state and the changes do not give, and for names and values that cannot
 *   be used
 */
export function recipeOptions(recipe: Recipe, changes: Partial<RecipeSettings> = {}): RecipeOptions {
  const settings = completeSettings(recipe, changes);
  const { method, loss, temperature, head, views, batchSize, epochs, optimiser, learningRate } = settings;
  const { warmupEpochs, warmupStart, cosineFloor } = settings;
  return {
    method: methodByName(method, { loss: lossByName(loss, { temperature }), head }),
    views,
    batchSize,
    epochs,
    optimiser: optimiserByName(optimiser),
    learningRate,
    warmupEpochs,
    ...(warmupStart !== 'none' && { warmupStart }),
    ...(cosineFloor !== 'none' && { cosineFloor }),
  };
}

/** What may stay open: encoder and images are the caller's, and so is the evaluation. */
const beside: readonly string[] = ['data', 'viewSize', 'standardise', 'linearEvaluation'];

/**
 * A recipe's settings with the changes, none of those that decide a training left open.
 * @throws InputError naming what the recipe does not state and the changes do not give
 */
export function completeSettings(
  { name, settings }: Recipe,
  changes: Partial<RecipeSettings> = {},
): RecipeSettings {
  const all = { ...settings, ...changes };
  const open = Object.entries(all).flatMap(([setting, value]) =>
    value === notStated && !beside.includes(setting) ? [setting] : [],
  );
  if (open.length === 0) return all as RecipeSettings;
  throw new InputError(
    `The recipe ${name} does not state ${open.join(', ')}; name another recipe after it, from which to take them.`,
  );
}
