import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { requireInteger } from '../errors.js';

/** What random numbers are for; equal counters give unrelated numbers for different purposes. */
const purposes = { view: 1, order: 2, subset: 3, projection: 4, exercise: 5 } as const;

/**
 * A generator that depends on its purpose and counters alone, so that what is drawn for one sample
 * does not depend on which samples came before it or which thread draws.
 * @param counters - whole numbers from 0 to 2^32 - 1, the seed first
 */
export function generatorFor(purpose: keyof typeof purposes, counters: readonly number[]): RandomGenerator {
  const state = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344].map((lane) =>
    [purposes[purpose], ...counters].reduce((hash, counter) => mix(hash, counter), lane),
  );
  return xoroshiro128plusFromState(state);
}

/** One round of a hash chain, closed by MurmurHash3's 32-bit finaliser. */
function mix(hash: number, counter: number): number {
  let h = Math.imul(hash, 0x9e3779b1) ^ counter;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Uniform in [low, high). */
export function uniform(generator: RandomGenerator, low: number, high: number): number {
  return low + (high - low) * uniformFloat64(generator);
}

/** True with the given probability. */
export function happens(generator: RandomGenerator, probability: number): boolean {
  return uniformFloat64(generator) < probability;
}

/** Fisher-Yates shuffle in place. */
export function shuffle(items: Int32Array, generator: RandomGenerator): Int32Array {
  for (let last = items.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    const item = items[last]!;
    items[last] = items[other]!;
    items[other] = item;
  }
  return items;
}

/** @throws InputError unless the value is a whole number from 0 to 2^32 - 1 */
export function requireCounter(name: string, value: number): void {
  requireInteger(name, value, 0, 0xffffffff);
}
