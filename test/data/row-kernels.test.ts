import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import loadWabt from 'wabt';
import { floats, memory, reserve, resizeRow, sumRows } from '../../src/data/row-kernels.js';
import { binary } from '../../src/data/row-kernels.wasm.js';
import { expectClose } from './golden-views.js';

const weights = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 30 });

test('the binary is what wabt makes of the source', async () => {
  const source = readFileSync(new URL('../../src/data/row-kernels.wat', import.meta.url), 'utf8');
  const { buffer } = (await loadWabt()).parseWat('row-kernels.wat', source).toBinary({});
  expect(binary).toBe(Buffer.from(buffer).toString('base64'));
});

describe('sumRows', () => {
  test('is the weighted sum of rows of any length at any distance', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 100 }), fc.nat(70), (weights, length, distance) => {
        const values = Float32Array.from(
          { length: weights.length * distance + length },
          (_, i) => ((i * 37) % 101) / 100,
        );
        const [from, factors, to] = reserve(values.byteLength, 4 * weights.length, 4 * length);
        floats(from, values.length).set(values);
        floats(factors, weights.length).set(weights);
        sumRows(from, 4 * distance, factors, weights.length, to, 4 * length);
        const expected = Array.from({ length }, (_, i) =>
          weights.reduce((sum, weight, row) => sum + weight * values[row * distance + i]!, 0),
        );
        expectClose(floats(to, length), expected, 2e-5);
      }),
    );
  });
});

describe('resizeRow', () => {
  test('is the weighted sum of the pixels that each record names', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 90, maxLength: 90 }),
        fc.constantFrom(1, 3),
        fc.array(
          fc.tuple(
            fc.nat(10),
            weights.filter(({ length }) => length <= 20),
          ),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        (pixels, channels, taps) => {
          const record = 22;
          const length = taps.length * channels;
          const [from, table, to] = reserve(pixels.length, 4 * record * taps.length, 4 * length);
          new Uint8Array(memory.buffer, from, pixels.length).set(pixels);
          for (const [i, [first, weights]] of taps.entries()) {
            const at = table + 4 * record * i;
            new Int32Array(memory.buffer, at, 2).set([first, weights.length]);
            floats(at + 8, weights.length).set(weights);
          }
          resizeRow(from, channels, table, 4 * record, to, 4 * length);
          const expected = taps.flatMap(([first, weights]) =>
            Array.from({ length: channels }, (_, channel) =>
              weights.reduce(
                (sum, weight, tap) => sum + weight * pixels[(first + tap) * channels + channel]!,
                0,
              ),
            ),
          );
          expectClose(floats(to, length), expected, 5e-3);
        },
      ),
    );
  });
});

describe('reserve', () => {
  test('gives stretches apart from one another by what kernels write beyond a row', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { minLength: 1, maxLength: 5 }), (lengths) => {
        const addresses: readonly number[] = reserve(...lengths);
        for (const [i, address] of addresses.entries()) {
          const next = addresses[i + 1] ?? memory.buffer.byteLength;
          expect(next - address).toBeGreaterThanOrEqual(lengths[i]! + 64);
          expect(address % 64).toBe(0);
        }
      }),
    );
  });
});
