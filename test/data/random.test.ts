import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatorFor, requireCounter, shuffle, uniform } from '../../src/data/random.js';
import { InputError } from '../../src/errors.js';

test('equal counters give equal numbers, and any other counter or purpose gives others', () => {
  const counters = fc.array(fc.nat({ max: 0xffffffff }), { minLength: 4, maxLength: 4 });
  const draw = (purpose: 'view' | 'order', numbers: number[]) => {
    const generator = generatorFor(purpose, numbers);
    return [generator.next(), generator.next(), generator.next()];
  };
  fc.assert(
    fc.property(
      counters,
      fc.nat({ max: 3 }),
      fc.integer({ min: 1, max: 1000 }),
      (numbers, place, distance) => {
        const other = numbers.with(place, (numbers[place]! + distance) % 2 ** 32);
        expect(draw('view', numbers)).toEqual(draw('view', numbers));
        expect(draw('view', numbers)).not.toEqual(draw('view', other));
        expect(draw('view', numbers)).not.toEqual(draw('order', numbers));
      },
    ),
  );
});

test('first numbers of neighbouring counters are spread evenly and do not follow one another', () => {
  const count = 4000;
  const first = Array.from({ length: count }, (_, index) =>
    uniform(generatorFor('view', [1, 0, index, 0]), 0, 1),
  );
  const bins = new Array<number>(10).fill(0);
  for (const value of first) bins[Math.floor(value * 10)]! += 1;
  for (const bin of bins) expect(Math.abs(bin - count / 10)).toBeLessThan(5 * Math.sqrt(count / 10));
  const product = first.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * (first[i]! - 0.5), 0);
  expect(Math.abs(product / (count / 12))).toBeLessThan(0.08);
});

test('shuffles four items into each of their 24 orders about equally often', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 2400; seed++) {
    const order = shuffle(Int32Array.of(0, 1, 2, 3), generatorFor('order', [seed])).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
});

test('counters are whole numbers of 32 bits', () => {
  expect(() => requireCounter('seed', 2 ** 32 - 1)).not.toThrow();
  for (const value of [-1, 0.5, 2 ** 32, Number.NaN]) {
    expect(() => requireCounter('seed', value)).toThrow(InputError);
  }
});
