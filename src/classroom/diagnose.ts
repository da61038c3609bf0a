import type { Batch } from './batch.js';
import type { Exercise } from './exercises/index.js';
import type { Slip } from './slips/slip.js';

/** A solution's values on each batch, and the library's. */
export interface Tried {
  readonly batch: Batch;
  readonly yours: Float32Array;
  readonly right: Float32Array;
}

/** A value that is wrong by this share of itself, or by this much where it is below 1, is wrong. */
const tolerance = 1e-5;
/** Wrong solutions are compared with slips in float64: float32 may have rounded on the way. */
const slipTolerance = 1e-4;

/** Whether the solution's values are the library's. */
export function isRight({ yours, right }: Tried, within = tolerance): boolean {
  return yours.every((value, i) => near(value, right[i]!, within));
}

/** Of each value, relative to the right one where that is above 1. */
export function differencesOf({ yours, right }: Pick<Tried, 'yours' | 'right'>): number[] {
  return Array.from(yours, (value, i) => Math.abs(value - right[i]!) / Math.max(1, Math.abs(right[i]!)));
}

/** Index of the value that differs most. */
export function worstOf({ yours, right }: Tried): number {
  const differences = differencesOf({ yours, right });
  const notANumber = differences.findIndex(Number.isNaN);
  return notANumber >= 0 ? notANumber : differences.indexOf(Math.max(...differences));
}

/** The slip that gives the same values on every batch, one with a single mistake if there is one. */
export function slipOf(exercise: Exercise, tried: readonly Tried[]): Slip | undefined {
  for (const slip of exercise.slips()) if (fits(slip, tried)) return slip;
  return undefined;
}

function fits(slip: Slip, tried: readonly Tried[]): boolean {
  let compared = 0;
  for (const { batch, yours } of tried) {
    const values = slip.values(batch);
    for (const [i, value] of yours.entries()) {
      if (Number.isFinite(value) && Number.isFinite(values[i]!)) {
        if (!near(value, values[i]!, slipTolerance)) return false;
        compared += 1;
      } else if (Number.isNaN(value) !== Number.isNaN(values[i]!)) return false;
    }
  }
  return compared > 0;
}

/**
 * For solutions that no slip explains: whether all values are the right ones times one factor, or plus one amount.
 */
export function commonDifference(tried: readonly Tried[]): string | undefined {
  const pairs = tried.flatMap(({ yours, right }) =>
    Array.from(yours, (value, i) => [value, right[i]!] as const),
  );
  const [first] = pairs.filter(([, right]) => Math.abs(right) > 0.1);
  if (first === undefined) return undefined;
  const factor = first[0] / first[1];
  const amount = first[0] - first[1];
  const all = (value: (right: number) => number) =>
    pairs.every(([yours, right]) => near(yours, value(right), slipTolerance));
  if (factor !== 0 && all((right) => factor * right)) {
    return `Every value is ${factor.toPrecision(4)} times the right one.`;
  }
  if (amount !== 0 && all((right) => right + amount)) {
    return `Every value is the right one ${amount > 0 ? 'plus' : 'minus'} ${Math.abs(amount).toPrecision(4)}.`;
  }
  return undefined;
}

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
}
