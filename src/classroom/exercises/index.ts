import { InputError } from '../../errors.js';
import { dcl } from './dcl.js';
import type { Exercise, ExerciseName } from './exercise.js';
import { infonce } from './infonce.js';
import { multiplier } from './multiplier.js';
import { negatives } from './negatives.js';
import { pull } from './pull.js';
import { similarities } from './similarities.js';

export type { CorrectSolution, Exercise, ExerciseName } from './exercise.js';

/** In the order in which they are solved. */
export const exercises: readonly Exercise[] = [similarities, negatives, infonce, multiplier, dcl, pull];

/** @throws InputError for a name that no exercise has */
export function exerciseNamed(name: ExerciseName): Exercise {
  const found = exercises.find((exercise) => exercise.name === name);
  if (found !== undefined) return found;
  const names = exercises.map((exercise) => exercise.name);
  throw new InputError(`There is no exercise '${name}'; choose ${names.join(', ')}.`);
}
