import { InputError } from '../errors.js';

/** An array of unsigned bytes with its dimensions. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedBytes = 0x08;

/**
 * Reads the IDX format of the original MNIST files (http://yann.lecun.com/exdb/mnist): two zero bytes, the type
 * of the values, the number of dimensions, each dimension as a big-endian 32-bit integer, then the values.
 * @param name - the file's name, for messages
 * @throws InputError if the header is not that of unsigned bytes or the file is cut short
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || header.getUint16(0) !== 0 || header.getUint8(2) !== unsignedBytes) {
    throw new InputError(`${name} is not an IDX file of unsigned bytes`);
  }
  const rank = header.getUint8(3);
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw new InputError(`${name} is cut short: its header needs ${start} bytes, it has ${bytes.length}`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis));
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== start + length) {
    throw new InputError(
      `${name} should have ${start + length} bytes for ${shape.join('x')} values, it has ${bytes.length}`,
    );
  }
  return { shape, values: bytes.subarray(start) };
}
