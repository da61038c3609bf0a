import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { exerciseBatches } from '../../src/classroom/batch.js';
import { isRight, slipOf, type Tried } from '../../src/classroom/diagnose.js';
import { exercises } from '../../src/classroom/exercises/index.js';
import { libraryValues } from '../../src/classroom/run-solution.js';
import type { Slip } from '../../src/classroom/slips/slip.js';
import { useAnyEngine } from '../engines.js';

beforeAll(useAnyEngine);

const seeds = fc.integer({ min: 0, max: 0xffffffff });

function tried(slip: Slip, seed: number, right: (index: number) => Float32Array): Tried[] {
  return exerciseBatches(seed).map((batch, index) => ({
    batch,
    yours: Float32Array.from(slip.values(batch)),
    right: right(index),
  }));
}

for (const exercise of exercises) {
  const single = [...exercise.slips()].filter(({ names }) => names.length === 1);

  test.each(single.map((slip) => [slip.names[0]!, slip] as const))(
    `${exercise.name}: %s is diagnosed as itself, whatever the seed`,
    (name, slip) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const batches = exerciseBatches(seed);
          const all = tried(slip, seed, (index) => libraryValues(exercise, batches[index]!));
          expect(all.every((each) => isRight(each))).toBe(false);
          expect(slipOf(exercise, all)?.names).toEqual([name]);
        }),
        { numRuns: 10 },
      );
    },
  );
}
