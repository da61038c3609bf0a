import type * as tf from '@tensorflow/tfjs';
import { type ColumnTable, table } from 'arquero';
import { check } from './check.js';
import {
  type CorrectSolution,
  type Exercise,
  type ExerciseName,
  exerciseNamed,
  exercises,
} from './exercises/index.js';
import { Note } from './note.js';
import type { Solution } from './run-solution.js';

interface Progress {
  solved: boolean;
  attempts: number;
  hints: number;
}

/** A student's way through the exercises: what was tried, solved and asked. Made by `classroom.lesson()`. */
export class Lesson {
  readonly #seed: number;
  readonly #progress = new Map<ExerciseName, Progress>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Tries a solution on made-up embeddings and compares values, and for a loss the gradient, with the library's. Whatever
   * the solution does, the note says it: nothing is thrown.
   * @param solution - two views' embeddings, [N, d] each, and the temperature to the exercise's result
   * @throws InputError for a name that no exercise has
   */
  check(name: ExerciseName, solution: Solution): Note {
    const note = check(exerciseNamed(name), solution, this.#seed);
    const progress = this.#of(name);
    progress.attempts += 1;
    progress.solved ||= note.passed;
    return note;
  }

  /**
   * The next hint for an exercise: the first says what to think about, the last what to write.
   * @throws InputError for a name that no exercise has
   */
  hint(name: ExerciseName): Note {
    const { title, hints } = exerciseNamed(name);
    const progress = this.#of(name);
    progress.hints = Math.min(progress.hints + 1, hints.length);
    const { hints: number } = progress;
    const rest = number < hints.length ? 'Run the cell again for the next one.' : 'That was the last one.';
    return new Note('hint', `${title}: hint ${number} of ${hints.length}`, [hints[number - 1]!, rest]);
  }

  /**
   * The solution itself if it is right, otherwise the library's, so that what comes next in a notebook works.
   * @throws InputError for a name that no exercise has
   */
  correct(name: ExerciseName, solution: Solution): CorrectSolution {
    const exercise = exerciseNamed(name);
    const own = check(exercise, solution, this.#seed).passed;
    const chosen = own ? (solution as Exercise['library']) : exercise.library;
    return Object.assign((z1: tf.Tensor2D, z2: tf.Tensor2D, temperature = 1) => chosen(z1, z2, temperature), {
      own,
    });
  }

  /** Whether a solution of it was right. */
  solved(name: ExerciseName): boolean {
    return this.#of(name).solved;
  }

  /** A row for each exercise: whether it is solved, how often it was checked, and how many hints were asked for. */
  standing(): ColumnTable {
    const rows = exercises.map(({ name, title }) => ({ name, title, ...this.#of(name) }));
    return table({
      exercise: rows.map(({ name }) => name),
      title: rows.map(({ title }) => title),
      solved: rows.map(({ solved, attempts }) => (solved ? 'yes' : attempts > 0 ? 'not yet' : 'not tried')),
      checks: rows.map(({ attempts }) => attempts),
      hints: rows.map(({ hints }) => hints),
    });
  }

  #of(name: ExerciseName): Progress {
    const { name: known } = exerciseNamed(name);
    const progress = this.#progress.get(known) ?? { solved: false, attempts: 0, hints: 0 };
    this.#progress.set(known, progress);
    return progress;
  }
}

/** How solutions are tried. */
export interface LessonOptions {
  /** Decides the embeddings on which they are, a whole number from 0 to 2^32 - 1; 1 by default. */
  readonly seed?: number;
}

/**
 * Begins the exercises.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 *
 * const lesson = dcl.classroom.lesson();
 * const similarities = (z1: tf.Tensor2D, z2: tf.Tensor2D) => tf.matMul(z1, z2, false, true);
 * dcl.notebook.show(lesson.check('similarities', similarities)); // says what is not right
 * dcl.notebook.show(lesson.hint('similarities'));
 * ```
 */
export function lesson({ seed = 1 }: LessonOptions = {}): Lesson {
  return new Lesson(seed);
}
