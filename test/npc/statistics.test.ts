import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { statistics } from '../../src/npc/index.js';

describe('statistics', () => {
  it('describes two values by hand', () => {
    const { mean, variation, histogram } = statistics([0.25, 0.75]);
    expect(mean).toBe(0.5);
    expect(variation).toBe(0.5);
    expect(histogram).toEqual(Array.from({ length: 20 }, (_, bin) => (bin === 5 || bin === 15 ? 1 : 0)));
  });

  it('counts every value once, 0 in the first bin and 1 in the last', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const { histogram } = statistics([...values, 0, 1]);
        expect(histogram).toHaveLength(20);
        expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(values.length + 2);
        expect(histogram[0]).toBeGreaterThan(0);
        expect(histogram[19]).toBeGreaterThan(0);
      }),
    ));

  it('has no variation where all values are equal, 0 included', () => {
    expect(statistics(new Float32Array(8).fill(0.5)).variation).toBe(0);
    expect(statistics([0, 0]).variation).toBe(0);
  });

  it.each([[[]], [[0.5, Number.NaN]], [[1.5]], [[-0.1]]])('refuses %j', (values) => {
    expect(() => statistics(values)).toThrow(InputError);
  });
});
