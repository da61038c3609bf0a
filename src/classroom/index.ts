export type { CorrectSolution, ExerciseName } from './exercises/index.js';
export { type Lesson, lesson } from './lesson.js';
export type { Note, Term, Tone } from './note.js';
export type { Solution } from './run-solution.js';
