import { expect, test } from 'vitest';
import { parseIdx } from '../../src/data/idx.js';
import { InputError } from '../../src/errors.js';

const file = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

test('reads the dimensions and the values', () => {
  expect(parseIdx(file, 'digits')).toEqual({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
});

test('reads from within a larger buffer', () => {
  const padded = new Uint8Array(file.length + 5);
  padded.set(file, 5);
  expect(parseIdx(padded.subarray(5), 'digits').values).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
});

test.each([
  ['of another format', Uint8Array.of(31, 139, 8, 0), 'digits is not an IDX file of unsigned bytes'],
  ['of floats', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), 'digits is not an IDX file of unsigned bytes'],
  ['that is empty', new Uint8Array(0), 'digits is not an IDX file'],
  ['cut within its header', file.subarray(0, 9), 'its header needs 12 bytes, it has 9'],
  ['cut within its values', file.subarray(0, 16), 'should have 18 bytes for 2x3 values, it has 16'],
])('names a file %s', (_, bytes, message) => {
  expect(() => parseIdx(bytes, 'digits')).toThrow(InputError);
  expect(() => parseIdx(bytes, 'digits')).toThrow(message);
});
