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

export function encodeSafetensors({ tensors, metadata }: StoredTensors): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
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
    if (name === '__metadata__') metadata = entry as Record<string, string>;
    else tensors.set(name, readTensor(bytes, start, name, entry as HeaderEntry, source));
  }
  return { tensors, metadata };
}

function readHeader(bytes: Buffer, source: string): { header: Record<string, unknown>; start: number } {
  const length = bytes.length < lengthBytes ? Number.NaN : Number(bytes.readBigUInt64LE());
  const start = lengthBytes + length;
  if (!(start <= bytes.length)) throw cutShort(source, bytes.length);
  try {
    return { header: JSON.parse(bytes.toString('utf8', lengthBytes, start)), start };
  } catch {
    throw new InputError(
      `${source} is not a safetensors file: its header is not JSON. It was left untouched.`,
    );
  }
}

function readTensor(
  bytes: Buffer,
  start: number,
  name: string,
  entry: HeaderEntry,
  source: string,
): StoredTensor {
  const { dtype, shape } = entry;
  const [from, to] = entry.data_offsets ?? [];
  const count = shape?.reduce((product, size) => product * size, 1);
  if ((dtype !== 'F32' && dtype !== 'I32') || !(to - from === count * 4)) {
    throw new InputError(
      `${source}: tensor ${name} has type ${dtype}, shape [${shape}] and bytes ${from} to ${to}, which do not agree.`,
    );
  }
  if (start + to > bytes.length) throw cutShort(source, bytes.length);
  // A copy, since a typed array must start at a multiple of four bytes.
  const { buffer } = new Uint8Array(bytes.subarray(start + from, start + to));
  return { shape, values: dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer) };
}

function cutShort(source: string, length: number): InputError {
  return new InputError(`${source} is cut short (${length} bytes). It was left untouched.`);
}
