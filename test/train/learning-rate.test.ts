import { expect, test } from 'vitest';
import { highestLearningRate } from '../../src/train/learning-rate.js';

test.each([
  [0.2, 32, 0.2],
  [{ base: 0.3, scaling: 'linear' }, 256, 0.3],
  [{ base: 0.3, scaling: 'linear' }, 4096, 4.8],
  [{ base: 0.075, scaling: 'square-root' }, 256, 1.2],
  [{ base: 0.075, scaling: 'square-root' }, 4096, 4.8],
] as const)('%o of %i images is %d', (rate, images, expected) => {
  expect(highestLearningRate(rate, images)).toBeCloseTo(expected, 12);
});

test.each([
  [0, 'learningRate is 0'],
  [{ base: -1, scaling: 'linear' }, 'learningRate.base is -1'],
  [{ base: 1, scaling: 'cubic' as 'linear' }, "learningRate.scaling is 'cubic'; choose linear, square-root"],
] as const)('%o is refused', (rate, message) => {
  expect(() => highestLearningRate(rate, 32)).toThrow(message);
});
