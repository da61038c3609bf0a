export { type RecipeName, recipe, recipeNames } from './by-name.js';
export { differences, type RecipeDifference, type Shown, shown } from './differences.js';
export { completeSettings, type RecipeOptions, recipeOptions } from './options.js';
export {
  type LinearEvaluationSettings,
  type NotStated,
  notStated,
  type Recipe,
  type RecipeSettings,
} from './recipe.js';
