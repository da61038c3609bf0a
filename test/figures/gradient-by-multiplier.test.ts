import { expect, test } from 'vitest';
import { gradientByMultiplier } from '../../src/figures/index.js';

test('draws the diagonal and a point for each anchor, for each name', () => {
  const figure = gradientByMultiplier(
    {
      'batch 2': { multiplier: Float32Array.of(0.25, 0.5), ratio: [0.25, 0.5] },
      'batch 4': { multiplier: [0.75], ratio: [0.75] },
    },
    { subtitle: 'made up' },
  );
  expect(figure.data.map(({ name, x, y }) => [name, x, y])).toEqual([
    ['ratio = q', [0, 1], [0, 1]],
    ['batch 2', [0.25, 0.5], [0.25, 0.5]],
    ['batch 4', [0.75], [0.75]],
  ]);
});

test('each anchor needs both', () => {
  expect(() => gradientByMultiplier({ one: { multiplier: [0.1, 0.2], ratio: [0.1] } })).toThrow(
    'one has 2 multipliers and 1 ratios',
  );
});
