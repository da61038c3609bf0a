import { describe, expect, test } from 'vitest';
import { cosineWithWarmup } from '../../src/train/index.js';

describe('cosineWithWarmup', () => {
  const schedule = { peak: 0.4, totalSteps: 100, warmupSteps: 20 };

  test('climbs in equal parts to the peak', () => {
    const climb = [0, 9, 19].map((step) => cosineWithWarmup(step, schedule));
    expect(climb).toEqual([0.4 / 20, 0.2, 0.4]);
  });

  test('is at half the peak halfway down and near zero at the last step', () => {
    expect(cosineWithWarmup(60, schedule)).toBeCloseTo(0.2, 12);
    expect(cosineWithWarmup(99, schedule)).toBeCloseTo(0.2 * (1 - Math.cos(Math.PI / 80)), 12);
  });

  test('starts at the peak without a warm-up', () => {
    expect(cosineWithWarmup(0, { ...schedule, warmupSteps: 0 })).toBe(0.4);
  });
});
