import fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureSet } from '../../src/evaluate/feature-set.js';
import { standardisation, standardised } from '../../src/evaluate/standardisation.js';

/** `count` rows of two features, the second `offset` above the first, more rows than one block has. */
function rows(count: number, offset: number) {
  const features = Float32Array.from(
    { length: 2 * count },
    (_, i) => Math.fround(Math.sin(i * 1.7) + Math.sin(i * 0.013)) + (i % 2) * offset,
  );
  const labels = new Int32Array(count);
  return { name: 'waves', count, dimension: 2, labels, classes: ['a'], features };
}

test('mean and deviation are those of the definition, also far from 0 and over several blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 10_000 }),
      fc.constantFrom(0, 1e4, 1e6),
      async (count, offset) => {
        const set = rows(count, offset);
        const { mean, deviation } = await standardisation(featureSet(set));
        for (const feature of [0, 1]) {
          const values = Array.from({ length: count }, (_, row) => set.features[2 * row + feature]!);
          const expected = values.reduce((sum, value) => sum + value, 0) / count;
          const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / count;
          // The mean of a single row is 0 exactly, so that there is no quotient.
          expect(Math.abs(mean[feature]! - expected)).toBeLessThanOrEqual(
            1e-9 * Math.max(1, Math.abs(expected)),
          );
          expect(deviation[feature]! / (Math.sqrt(variance) || 1)).toBeCloseTo(1, 9);
        }
      },
    ),
    {
      numRuns: 20,
      examples: [
        [1, 0],
        [4096, 0],
        [4097, 1e6],
        [8192, 1e4],
      ],
    },
  );
});

test('a feature that never changes becomes 0', async () => {
  const features = Float32Array.of(3, 1, 3, 5);
  const set = { name: 'two', count: 2, dimension: 2, labels: new Int32Array(2), classes: ['a'], features };
  expect([...standardised(features, await standardisation(featureSet(set)))]).toEqual([0, -1, 0, 1]);
});
