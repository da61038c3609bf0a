import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanInterval, verdict } from '../../src/experiments/index.js';

describe('meanInterval', () => {
  test('has the half widths that a table of Student t gives', () => {
    // (n, t at 97.5 % with n - 1 degrees of freedom); 0 and 1 in turn have s = sqrt(n / (4 (n - 1))) for even n.
    for (const [n, t] of [
      [2, 12.7062],
      [4, 3.1824],
      [10, 2.2622],
      [30, 2.0452],
    ] as const) {
      const values = Array.from({ length: n }, (_, i) => i % 2);
      const { mean, low, high } = meanInterval(values);
      expect(mean).toBe(0.5);
      expect(high! - mean).toBeCloseTo(t * Math.sqrt(1 / (4 * (n - 1))), 4);
      expect(mean - low!).toBeCloseTo(high! - mean, 10);
    }
  });

  test('moves with the values and scales with them', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (xs, shift) => {
        const [plain, moved] = [meanInterval(xs), meanInterval(xs.map((x) => 2 * x + shift))];
        expect(moved.low).toBeCloseTo(2 * plain.low! + shift, 6);
        expect(moved.high).toBeCloseTo(2 * plain.high! + shift, 6);
      }),
    );
  });

  test('is wider at a higher level', () => {
    expect(meanInterval([1, 2, 4], 0.99).high).toBeGreaterThan(meanInterval([1, 2, 4], 0.9).high!);
  });

  test('refuses no values and values that are not finite', () => {
    expect(() => meanInterval([])).toThrow(/not none/);
    expect(() => meanInterval([1, Number.NaN])).toThrow(/not NaN/);
    expect(() => meanInterval([1, 2], 1.5)).toThrow(/level is 1\.5/);
  });
});

test.each([
  [[1, 2, 3, 2], 'higher'],
  [[-1, -2, -3, -2], 'lower'],
  [[-1, 2, 1], 'not told apart'],
  [[5], 'one seed does not tell'],
] as const)('the verdict on the differences %j is: %s', (differences, expected) => {
  expect(verdict(meanInterval(differences))).toBe(expected);
});
