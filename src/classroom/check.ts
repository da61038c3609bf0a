import { type Batch, exerciseBatches } from './batch.js';
import { commonDifference, differencesOf, isRight, slipOf, type Tried, worstOf } from './diagnose.js';
import type { Exercise } from './exercises/index.js';
import { gradientProblem } from './gradient.js';
import { formatted, Note, type Term } from './note.js';
import { libraryValues, Problem, type Solution, valuesOf } from './run-solution.js';

/** Compares a solution with the library, and says what is wrong; nothing that a solution does is thrown on. */
export function check(exercise: Exercise, solution: Solution, seed: number): Note {
  const wrong = (...parts: Note['parts']) => new Note('wrong', `${exercise.title}: not right yet`, parts);
  if (typeof solution !== 'function') {
    return wrong(`There is no function to check: what was given is of type ${typeof solution}.`);
  }
  const batches = exerciseBatches(seed);
  const tried: Tried[] = [];
  for (const batch of [...batches, batches[0]!]) {
    const yours = valuesOf(exercise, solution, batch);
    if (yours instanceof Problem) return wrong(...yours.sentences);
    tried.push({ batch, yours, right: libraryValues(exercise, batch) });
  }
  const again = tried.pop()!;
  if (again.yours.some((value, i) => !Object.is(value, tried[0]!.yours[i]!))) {
    return wrong(
      'The same embeddings gave two different results: something in your function is random, or is kept from call to call. It may depend on z1, z2 and the temperature only.',
    );
  }
  if (!tried.every((each) => isRight(each))) return wrong(...whatIsWrong(exercise, tried));
  for (const batch of exercise.partial === undefined ? [] : [batches[0]!, batches[2]!]) {
    const problem = gradientProblem(exercise, solution, batch);
    if (problem !== undefined)
      return wrong(...problem.sentences, ...(problem.terms.length > 0 ? [problem.terms] : []));
  }
  return new Note('right', `${exercise.title}: right`, [
    equality(exercise, tried),
    exercise.insight,
    ...overflow(exercise, solution, batches[0]!),
  ]);
}

function whatIsWrong(exercise: Exercise, tried: readonly Tried[]): Note['parts'] {
  const wrong = tried.filter((each) => !isRight(each));
  const shown = wrong[0]!;
  const index = worstOf(shown);
  const { batch, yours } = shown;
  const inNumbers = `In numbers, for ${exercise.place(batch, index)}:`;
  const slip = slipOf(exercise, tried);
  if (slip !== undefined) {
    return [...slip.explain(batch, index), inNumbers, withOwnValue(slip.terms(batch, index), yours[index]!)];
  }
  const value: Term = { name: 'value', yours: yours[index]!, right: shown.right[index]! };
  return [...unusual(exercise, tried, wrong, index), inNumbers, [value]];
}

/** What can be said where none of the usual mistakes was made. */
function unusual(
  exercise: Exercise,
  tried: readonly Tried[],
  wrong: readonly Tried[],
  index: number,
): string[] {
  const { batch, yours } = wrong[0]!;
  const value = yours[index]!;
  if (!Number.isFinite(value)) {
    return [
      `Your function gives ${value}. A logarithm of 0 or of a negative number gives that, as do a division by 0 and an exp of more than 88. Look at what stands in the logarithm and below the fraction: tf.print shows a tensor.`,
    ];
  }
  if (tried.every((each) => each.yours.every((other) => other === value))) {
    return [
      `Every value is ${formatted(value)}, whatever the embeddings: the result does not depend on them yet.`,
    ];
  }
  const lowest = Math.min(...tried.map((each) => each.batch.temperature));
  if (wrong.every((each) => each.batch.temperature === lowest || isRight(each, rounding))) {
    return [
      `Right at high temperatures, wrong at the lowest, ${lowest}. There exp(1/${lowest}) is ${formatted(Math.exp(1 / lowest))}, and float32 keeps seven digits: if you subtract a large term from a sum, the small ones are lost. Leave terms out of the sum, by a mask, instead of subtracting them.`,
    ];
  }
  const common = commonDifference(tried);
  if (common !== undefined)
    return [`${common} Look for a factor or a term that is the same for all of them.`];
  const inferred = exercise.infer?.(batch, index, value) ?? [];
  return [
    'None of the usual mistakes gives these numbers.',
    ...inferred,
    ...(inferred.length === 0
      ? ['Try it by hand on two images in two dimensions, where you know every cosine.']
      : []),
  ];
}

/** A share of the value by which rounding may falsify it before the lowest temperature. */
const rounding = 1e-3;

/** The last term is the result: the student's own digits instead of the slip's. */
function withOwnValue(terms: readonly Term[], yours: number): readonly Term[] {
  return terms.map((term, i) => (i === terms.length - 1 ? { ...term, yours } : term));
}

function equality({ partial }: Exercise, tried: readonly Tried[]): string {
  const largest = Math.max(...tried.flatMap(differencesOf));
  const gradient = partial === undefined ? '' : ', and its gradient is the same';
  return `Equal to the library's on ${tried.length} batches of 2 to 8 images at temperatures from 0.07 to 1, to ${largest.toExponential(0)}${gradient}.`;
}

/** A temperature at which exp exceeds float32. */
const tiny = 0.005;

/** Says where the solution gives no number but the library does. */
function overflow(exercise: Exercise, solution: Solution, batch: Batch): string[] {
  const low = { ...batch, temperature: tiny };
  const yours = valuesOf(exercise, solution, low);
  if (yours instanceof Problem || yours.every(Number.isFinite)) return [];
  if (!libraryValues(exercise, low).every(Number.isFinite)) return [];
  return [
    `For later: at a temperature of ${tiny} yours gives ${yours.find((value) => !Number.isFinite(value))}, since exp(1/${tiny}) is more than float32 holds. The library subtracts the largest exponent first, as tf.logSumExp does.`,
  ];
}
