/**
 * The safetensors file format (github.com/huggingface/safetensors): an 8-byte little-endian header length, a JSON header
 * that gives each tensor's type, shape and byte range, then the bytes. PyTorch, NumPy and others read it.
 */
import { InputError } from '../errors.js';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name; the format allows strings only. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const lengthBytes = 8;
const metadataName = '__metadata__';

/**
 * Tensors in the map's order, float32 or int32, with the metadata.
 * @throws InputError for a tensor that has another number of values than its shape, or the name `__metadata__`
 */
export function encodeSafetensors({ tensors, metadata }: StoredTensors): Buffer {
  const header: Record<string, unknown> = { [metadataName]: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    if (values.length !== sizeOf(shape) || name === metadataName) {
      throw new InputError(
        `The tensor ${name} of shape [${shape}] with ${values.length} values cannot be stored as such.`,
      );
    }
    const dtype = values instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const bytes = Buffer.alloc(lengthBytes + padded + end, ' ');
  bytes.writeBigUInt64LE(BigInt(padded));
  json.copy(bytes, lengthBytes);
  let offset = lengthBytes + padded;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/** @throws InputError naming `source` where the bytes are cut short or are no safetensors file */
export function decodeSafetensors(bytes: Buffer, source: string): StoredTensors {
  const { header, start } = readHeader(bytes, source);
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name !== metadataName) tensors.set(name, readTensor(bytes, start, name, entry, source));
    else if (isRecord(entry)) metadata = entry as Record<string, string>;
  }
  return { tensors, metadata };
}

function readHeader(bytes: Buffer, source: string): { header: Record<string, unknown>; start: number } {
  const length = bytes.length < lengthBytes ? Number.NaN : Number(bytes.readBigUInt64LE());
  const start = lengthBytes + length;
  if (!(start <= bytes.length)) throw cutShort(source, bytes.length);
  const header = jsonOf(bytes.toString('utf8', lengthBytes, start));
  if (!isRecord(header)) {
    throw new InputError(
      `${source} is not a safetensors file: its header is no JSON object. It was left untouched.`,
    );
  }
  return { header, start };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isEntry(value: unknown): value is HeaderEntry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) return false;
  return (dtype === 'F32' || dtype === 'I32') && offsets[1]! - offsets[0]! === sizeOf(shape) * 4;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function readTensor(
  bytes: Buffer,
  start: number,
  name: string,
  entry: unknown,
  source: string,
): StoredTensor {
  if (!isEntry(entry)) {
    throw new InputError(
      `${source}: the tensor ${name} is described as ${JSON.stringify(entry)}; float32 or int32 values that fill a shape ` +
        'can be read. The file was left untouched.',
    );
  }
  const { dtype, shape } = entry;
  const [from, to] = entry.data_offsets;
  if (start + to > bytes.length) throw cutShort(source, bytes.length);
  // A copy, since a typed array must start at a multiple of four bytes.
  const { buffer } = new Uint8Array(bytes.subarray(start + from, start + to));
  return { shape, values: dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer) };
}

function cutShort(source: string, length: number): InputError {
  return new InputError(`${source} is cut short (${length} bytes). It was left untouched.`);
}
