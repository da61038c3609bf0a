export * from './competition/index.js';
export type { CorrectSolution, ExerciseName } from './exercises/index.js';
export { type Lesson, type LessonOptions, lesson } from './lesson.js';
export type { Note, Term, Tone } from './note.js';
export { type OwnLoss, type OwnLossOptions, ownLoss } from './own-loss.js';
export type { Solution } from './run-solution.js';
