/**
 * The safetensors file format (github.com/huggingface/safetensors): an 8-byte little-endian header length, a JSON header
 * that gives each tensor's type, shape and byte range, then the bytes. PyTorch, NumPy and others read it.
 */
import { InputError } from '../errors.js';
import { type ElementType, elementBytes, valuesOf } from './element-types.js';
import type { FileBytes } from './file-bytes.js';
import { sizeOf } from './strided.js';
import type { StoredTensor, TensorDescription, TensorFile } from './tensor-file.js';

/** What a safetensors file holds. */
export interface StoredTensors {
  /** By name, in the file's order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name; the format allows strings only. */
  readonly metadata: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, ElementType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const lengthBytes = 8;
/** The format's own limit. */
export const mostHeaderBytes = 100_000_000;
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
  const start = startOf(bytes, bytes.length, source);
  const { tensors, metadata } = readHeader(bytes.subarray(lengthBytes, start), source);
  const stored = [...tensors].map(([name, { shape, type, from, to }]) => {
    if (start + to > bytes.length) throw cutShort(source, bytes.length);
    return [name, { shape, values: valuesOf(bytes.subarray(start + from, start + to), type, name) }] as const;
  });
  return { tensors: new Map(stored), metadata };
}

/** @throws InputError naming the file where it is cut short or no safetensors file */
export async function readSafetensors(file: FileBytes): Promise<TensorFile> {
  const { path } = file;
  const start = startOf(await file.read(0, Math.min(lengthBytes, file.size)), file.size, path);
  const { tensors, metadata } = readHeader(await file.read(lengthBytes, start), path);
  return {
    path,
    format: 'safetensors',
    tensors,
    metadata,
    async read(name) {
      const entry = tensors.get(name);
      if (entry === undefined) throw new InputError(`${path} has no tensor ${name}.`);
      const bytes = await file.read(start + entry.from, start + entry.to);
      return { shape: entry.shape, values: valuesOf(bytes, entry.type, name) };
    },
    close: () => file.close(),
  };
}

/** A tensor's place among the values, in bytes. */
interface Entry extends TensorDescription {
  readonly from: number;
  readonly to: number;
}

interface Header {
  readonly tensors: ReadonlyMap<string, Entry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where the values begin. */
function startOf(beginning: Buffer, size: number, source: string): number {
  const length = beginning.length < lengthBytes ? Number.NaN : Number(beginning.readBigUInt64LE());
  const start = lengthBytes + length;
  if (!(start <= size)) throw cutShort(source, size);
  if (length > mostHeaderBytes)
    throw new InputError(`${source} has a header of ${length} bytes; it was not read.`);
  return start;
}

function readHeader(json: Buffer, source: string): Header {
  const header = jsonOf(json.toString('utf8'));
  if (!isRecord(header)) {
    throw new InputError(
      `${source} is not a safetensors file: its header is no JSON object. It was left untouched.`,
    );
  }
  const { [metadataName]: metadata, ...entries } = header;
  const tensors = Object.entries(entries).map(
    ([name, entry]) => [name, entryOf(name, entry, source)] as const,
  );
  return {
    tensors: new Map(tensors),
    metadata: isRecord(metadata) ? (metadata as Record<string, string>) : {},
  };
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

function entryOf(name: string, entry: unknown, source: string): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const type = Object.hasOwn(types, String(dtype)) ? types[String(dtype)] : undefined;
  if (type !== undefined && isSizes(shape) && isSizes(offsets)) {
    const [from = 0, to = 0] = offsets;
    if (offsets.length === 2 && to - from === sizeOf(shape) * elementBytes[type])
      return { shape, type, from, to };
  }
  throw new InputError(
    `${source}: the tensor ${name} is described as ${JSON.stringify(entry)}; values of ${Object.keys(types).join(', ')} that fill ` +
      'a shape can be read. The file was left untouched.',
  );
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function cutShort(source: string, length: number): InputError {
  return new InputError(`${source} is cut short (${length} bytes). It was left untouched.`);
}
