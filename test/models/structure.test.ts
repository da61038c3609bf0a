import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { projectionHead, resnet, stems, structureOf, zeros } from '../../src/models/index.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

const structures = fc.record({
  block: fc.constantFrom('basic' as const, 'bottleneck' as const),
  stages: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  width: fc.integer({ min: 1, max: 3 }),
  stem: fc.constantFrom(
    ...[stems.cifar, stems.imagenet].map((stem) => ({ ...stem, padding: (stem.kernelSize - 1) / 2 })),
    { kernelSize: 3, stride: 1, padding: 2, relu: false, pool: false },
  ),
  standardise: fc.constantFrom('none' as const, { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.1, 0.3] }),
  inputShape: fc.constantFrom([8, 12, 3] as const),
});

test('structureOf tells what a ResNet was built from', () => {
  fc.assert(
    fc.property(structures, ({ block, stages, standardise, ...options }) => {
      const pixels = standardise === 'none' ? {} : { standardise };
      const encoder = resnet({ block, stages }, { ...options, ...pixels }, zeros);
      expect(structureOf(encoder)).toEqual({ block, stages, standardise, ...options });
      encoder.dispose();
    }),
    { numRuns: 20 },
  );
});

test('structureOf refuses another model', () => {
  expect(() => structureOf(projectionHead({ inputFeatures: 3 }))).toThrow(InputError);
  expect(() => structureOf(projectionHead({ inputFeatures: 3 }))).toThrow(/projection-head is no ResNet/);
});
