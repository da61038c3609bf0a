import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { arm, sensitivity } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import type { ResultRow } from '../../src/experiments/row.js';
import { seeds } from './rows.js';

/** Two seeds of each loss at a temperature. */
const at = (temperature: number, infonce: number[], dcl: number[], changes: Partial<ResultRow> = {}) => [
  ...rowsOf(seeds(infonce, { temperature, ...changes })),
  ...rowsOf(seeds(dcl, { temperature, loss: 'dcl', ...changes })),
];
const results = tableOf([
  ...at(0.5, [0.3, 0.4], [0.4, 0.45]),
  ...at(0.05, [0.42, 0.36], [0.44, 0.45]),
  ...at(0.1, [0.4, 0.5], [0.43, 0.46]),
]);

describe('sensitivity', () => {
  test('is the highest less the lowest of each loss and seed, and their paired difference', () => {
    const { values, seeds, a, b, difference } = sensitivity(results, { factor: 'temperature' });
    expect(values).toEqual([0.05, 0.1, 0.5]);
    expect(seeds).toEqual([1, 2]);
    expect(a.loss).toBe('infonce');
    for (const [range, expected] of [
      [a, [0.12, 0.14]],
      [b, [0.04, 0.01]],
    ] as const) {
      range.bySeed.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 12);
      });
    }
    // Differences -0.08 and -0.13: mean -0.105, s = 0.05 / sqrt(2), t(0.975, 1) = 12.7062.
    expect(difference.mean).toBeCloseTo(-0.105, 12);
    expect(difference.low).toBeCloseTo(-0.105 - (12.7062 * 0.05) / 2, 5);
  });

  test('can be of another measure and other losses', () => {
    const flat = sensitivity(results, {
      factor: 'temperature',
      a: 'dcl',
      b: 'infonce',
      measure: 'linearTop1',
    });
    expect(flat).toMatchObject({ a: { loss: 'dcl', bySeed: [0, 0] }, difference: { mean: 0 } });
  });

  test('refuses a setting of one value, and one that is varied with another', () => {
    const one = arm(results, { temperature: 0.1 });
    expect(() => sensitivity(one, { factor: 'temperature' })).toThrow(InputError);
    expect(() => sensitivity(one, { factor: 'temperature' })).toThrow(/temperature has one value/);
    const mixed = tableOf([...rowsOf(results), ...at(0.1, [0.4, 0.5], [0.4, 0.5], { epochs: 1 })]);
    expect(() => sensitivity(mixed, { factor: 'temperature' })).toThrow(
      /differ in epochs besides temperature/,
    );
  });

  test('refuses losses of which one lacks a value or a seed', () => {
    const without = (lacks: (row: ResultRow) => boolean) =>
      tableOf(rowsOf(results).filter((row) => !lacks(row)));
    const value = without(({ loss, temperature }) => loss === 'dcl' && temperature === 0.5);
    expect(() => sensitivity(value, { factor: 'temperature' })).toThrow(/No trial has temperature 0\.5/);
    const seed = without(
      ({ loss, temperature, seed }) => loss === 'dcl' && temperature === 0.5 && seed === 2,
    );
    expect(() => sensitivity(seed, { factor: 'temperature' })).toThrow(/the seeds are 1,2 in a and 1 in b/);
  });
});
