import { InputError } from '../../errors.js';
import { lightlyRecipe } from './lightly.js';
import { paperRecipe } from './paper.js';
import { notStated, type Recipe, type RecipeSettings } from './recipe.js';
import { simclrRecipe } from './simclr.js';
import { soloLearnRecipe } from './solo-learn.js';

const recipes = {
  paper: paperRecipe,
  lightly: lightlyRecipe,
  'solo-learn': soloLearnRecipe,
  simclr: simclrRecipe,
} as const satisfies Readonly<Record<string, Recipe>>;

/**
 * Whose recipe, see {@link recipe}.
 * @useDeclaredType
 */
export type RecipeName = keyof typeof recipes;

/** The names {@link recipe} knows. */
export const recipeNames = Object.keys(recipes) as readonly RecipeName[];

/**
 * How someone pretrained on ImageNet: the paper, lightly, solo-learn, or SimCLR's authors.
 * @param otherwise - from which recipes to take what the first does not state; the first of them that states it decides
 * @throws InputError for a name that there is none of
 */
export function recipe(name: RecipeName, ...otherwise: readonly RecipeName[]): Recipe {
  return otherwise.map(named).reduce(completed, named(name));
}

function named(name: string): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name as RecipeName];
  throw new InputError(`There is no recipe "${name}": choose ${recipeNames.join(', ')}.`);
}

function completed(first: Recipe, second: Recipe): Recipe {
  const taken = (Object.keys(first.settings) as (keyof RecipeSettings)[]).filter(
    (setting) => first.settings[setting] === notStated,
  );
  const from = <T extends object>(values: T): Partial<T> =>
    Object.fromEntries(
      Object.entries(values).filter(([setting]) => taken.includes(setting as keyof RecipeSettings)),
    ) as Partial<T>;
  return {
    name: `${first.name}, otherwise ${second.name}`,
    settings: { ...first.settings, ...from(second.settings) } as Recipe['settings'],
    sources: { ...first.sources, ...from(second.sources) },
    notes: [...first.notes, ...second.notes],
  };
}
