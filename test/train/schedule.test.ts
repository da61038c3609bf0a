import { describe, expect, test } from 'vitest';
import { cosineWithWarmup } from '../../src/train/index.js';

describe('cosineWithWarmup', () => {
  const schedule = { peak: 0.4, totalSteps: 100, warmupSteps: 20 };

  test('climbs in equal parts to the peak', () => {
    const climb = [0, 9, 19].map((step) => cosineWithWarmup(step, schedule));
    expect(climb).toEqual([0.4 / 20, expect.closeTo(0.2, 15), 0.4]);
  });

  test('is at half the peak halfway down and near zero at the last step', () => {
    expect(cosineWithWarmup(60, schedule)).toBeCloseTo(0.2, 12);
    expect(cosineWithWarmup(99, schedule)).toBeCloseTo(0.2 * (1 - Math.cos(Math.PI / 80)), 12);
  });

  test('starts at the peak without a warm-up', () => {
    expect(cosineWithWarmup(0, { ...schedule, warmupSteps: 0 })).toBe(0.4);
  });

  test("starts a warm-up where it is told, as solo-learn's from 3e-5", () => {
    const rates = [0, 1, 19].map((step) => cosineWithWarmup(step, { ...schedule, warmupStart: 3e-5 }));
    expect(rates).toEqual([3e-5, expect.closeTo(3e-5 + (0.4 - 3e-5) / 19, 15), 0.4]);
  });

  test("is at the floor in the last step, as lightly's at 0.001 of the peak", () => {
    const lightly = (step: number) => {
      const end = 0.001;
      return 0.4 * (end - ((end - 1) * (Math.cos((Math.PI * (step - 20)) / 79) + 1)) / 2);
    };
    for (const step of [20, 21, 59, 98, 99]) {
      expect(cosineWithWarmup(step, { ...schedule, cosineFloor: 0.001 })).toBeCloseTo(lightly(step), 12);
    }
    expect(cosineWithWarmup(99, { ...schedule, cosineFloor: 0.001 })).toBeCloseTo(0.0004, 15);
  });

  test.each([
    [{ warmupSteps: 1 }, 0, 0.4],
    [{ warmupSteps: 1, warmupStart: 0.1 }, 0, 0.4],
    [{ warmupSteps: 100, warmupStart: 0.1, cosineFloor: 0.5 }, 99, 0.4],
    [{ warmupSteps: 99, cosineFloor: 0.5 }, 99, 0.4],
  ])('with %o is finite in step %i', (options, step, rate) => {
    expect(cosineWithWarmup(step, { ...schedule, ...options })).toBe(rate);
  });
});
