/** How files store numbers, and what becomes of them here: float32 or int32. */
import { InputError } from '../errors.js';

/** Values as TensorFlow.js takes them. */
export type Values = Float32Array | Int32Array;

/** How a file stores the values of a tensor. */
export type ElementType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/**
 * Little-endian bytes as values: float32 of the floating-point types, int32 of the others and of booleans (0 or 1).
 *
 * @param bytes - a whole number of elements
 * @param name - of the tensor, for messages
 * @throws InputError for a value that has no place in float32 or int32
 */
export function valuesOf(bytes: Uint8Array, type: ElementType, name: string): Values {
  return readers[type](aligned(bytes), name);
}

/** The bytes with those of each element in reverse, as between little and big endian; in place. */
export function swapBytes(bytes: Uint8Array, type: ElementType): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = elementBytes[type];
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

const readers: Readonly<Record<ElementType, (buffer: ArrayBuffer, name: string) => Values>> = {
  float64: fromFloat64,
  float32: (buffer) => new Float32Array(buffer),
  float16: (buffer) => fromFloat16(new Uint16Array(buffer)),
  bfloat16: (buffer) => fromBfloat16(new Uint16Array(buffer)),
  int64: fromInt64,
  int32: (buffer) => new Int32Array(buffer),
  int16: (buffer) => Int32Array.from(new Int16Array(buffer)),
  int8: (buffer) => Int32Array.from(new Int8Array(buffer)),
  uint8: (buffer) => Int32Array.from(new Uint8Array(buffer)),
  bool: (buffer) => Int32Array.from(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1)),
};

/** A typed array must start at a multiple of its elements' size, and share no bytes with the file's. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return new Uint8Array(bytes).buffer;
}

function fromFloat64(buffer: ArrayBuffer, name: string): Float32Array {
  return Float32Array.from(new Float64Array(buffer), (value) => {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw new InputError(`The tensor ${name} holds ${value}, which is beyond float32.`);
    }
    return value;
  });
}

function fromInt64(buffer: ArrayBuffer, name: string): Int32Array {
  return Int32Array.from(new BigInt64Array(buffer), (value) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw new InputError(`The tensor ${name} holds ${value}, which is beyond int32.`);
    }
    return Number(value);
  });
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */
function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
