import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/weights/index.js';

const example = () =>
  encodeSafetensors({
    tensors: new Map<string, StoredTensor>([
      ['a', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }],
      ['b', { shape: [], values: Int32Array.of(-7) }],
    ]),
    metadata: { note: 'é' },
  });

describe('safetensors', () => {
  test('gives back names, shapes, values and metadata of any tensors', () => {
    const tensor = fc.oneof(
      fc.float32Array({ maxLength: 20 }).map((values) => ({ shape: [values.length], values })),
      fc.int32Array({ minLength: 6, maxLength: 6 }).map((values) => ({ shape: [2, 3], values })),
    );
    const name = fc
      .string({ minLength: 1 })
      .filter((text) => text !== '__metadata__' && text !== '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tensor)), fc.string(), (entries, note) => {
        const stored = { tensors: new Map<string, StoredTensor>(entries), metadata: { note } };
        expect(decodeSafetensors(encodeSafetensors(stored), 'file')).toEqual(stored);
      }),
    );
  });

  test('writes the published layout: length, JSON padded to 8 bytes, then the values', () => {
    const bytes = example();
    const headerLength = Number(bytes.readBigUInt64LE());
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
    expect(header).toEqual({
      __metadata__: { note: 'é' },
      a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      b: { dtype: 'I32', shape: [], data_offsets: [16, 20] },
    });
    expect(bytes.readInt32LE(8 + headerLength + 16)).toBe(-7);
    expect(bytes.length).toBe(8 + headerLength + 20);
  });

  test('names the file wherever it is cut short', () => {
    const bytes = example();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length), 'cut.safetensors')).toThrow(
        expect.objectContaining({ name: 'InputError', message: expect.stringContaining('cut.safetensors') }),
      );
    }
  });

  test.each([
    ['null'],
    ['7'],
    ['{"a":null}'],
    ['{"a":{"dtype":"F32","shape":"ab","data_offsets":[0,8]}}'],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}'],
    ['{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}'],
    ['{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}'],
  ])('names a file whose header is %s', (header) => {
    const bytes = Buffer.alloc(8 + header.length + 16);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    const refused = expect.objectContaining({
      name: 'InputError',
      message: expect.stringContaining('odd.file'),
    });
    expect(() => decodeSafetensors(bytes, 'odd.file')).toThrow(refused);
  });

  const single = (dtype: string, values: ArrayBufferView) => {
    const header = JSON.stringify({ a: { dtype, shape: [1], data_offsets: [0, values.byteLength] } });
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([bytes, Buffer.from(header), Buffer.from(values.buffer as ArrayBuffer)]);
  };

  test.each<[string, ArrayBufferView, Float32Array | Int32Array]>([
    ['F64', Float64Array.of(0.1), Float32Array.of(0.1)],
    ['F16', Uint16Array.of(0xc100), Float32Array.of(-2.5)],
    ['BF16', Uint16Array.of(0x4049), Float32Array.of(3.140625)],
    ['I64', BigInt64Array.of(-5n), Int32Array.of(-5)],
    ['I16', Int16Array.of(-300), Int32Array.of(-300)],
    ['I8', Int8Array.of(-3), Int32Array.of(-3)],
    ['U8', Uint8Array.of(255), Int32Array.of(255)],
    ['BOOL', Uint8Array.of(7), Int32Array.of(1)],
  ])('reads %s', (dtype, stored, values) => {
    expect(decodeSafetensors(single(dtype, stored), 'file').tensors.get('a')).toEqual({ shape: [1], values });
  });

  test.each<[string, ArrayBufferView, string]>([
    ['F64', Float64Array.of(1e300), 'The tensor a holds 1e+300, which is beyond float32'],
    ['I64', BigInt64Array.of(2n ** 31n), 'The tensor a holds 2147483648, which is beyond int32'],
  ])('names a value of %s that has no place', (dtype, stored, message) => {
    expect(() => decodeSafetensors(single(dtype, stored), 'file')).toThrow(InputError);
    expect(() => decodeSafetensors(single(dtype, stored), 'file')).toThrow(message);
  });

  test('refuses to write a tensor that does not fill its shape', () => {
    const tensors = new Map([['a', { shape: [3], values: Float32Array.of(1, 2) }]]);
    expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow('tensor a of shape [3] with 2 values');
  });

  test('refuses a file of another format', () => {
    const bytes = Buffer.alloc(64, 'x');
    bytes.writeBigUInt64LE(16n);
    expect(() => decodeSafetensors(bytes, 'photo.jpg')).toThrow(InputError);
    expect(() => decodeSafetensors(bytes, 'photo.jpg')).toThrow('photo.jpg is not a safetensors file');
  });
});
