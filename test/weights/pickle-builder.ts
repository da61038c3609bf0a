/** Pickles written instruction by instruction, as nobody's pickler would. */

export type Part = string | number | readonly number[] | Uint8Array;

/** The bytes of parts one after the other: text as UTF-8, a number as one byte. */
export function bytesOf(...parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part) : Buffer.from(typeof part === 'number' ? [part] : part),
    ),
  );
}

/** Instructions by their names in Python's pickletools. */
export const op = {
  PROTO: [0x80, 4],
  STOP: 0x2e,
  MARK: 0x28,
  POP: 0x30,
  NONE: 0x4e,
  EMPTY_DICT: 0x7d,
  EMPTY_LIST: 0x5d,
  EMPTY_TUPLE: 0x29,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  APPEND: 0x61,
  SETITEM: 0x73,
  SETITEMS: 0x75,
  REDUCE: 0x52,
  BUILD: 0x62,
  NEWOBJ: 0x81,
  OBJ: 0x6f,
  BINPERSID: 0x51,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
} as const;

export const text = (value: string) => bytesOf(0x8c, Buffer.byteLength(value), value);
export const int = (value: number) => {
  const bytes = Buffer.alloc(5, 0x4a);
  bytes.writeInt32LE(value, 1);
  return bytes;
};
export const long = (bytes: number, value: Part = []) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  return bytesOf(0x8b, length, value);
};
export const global = (module: string, name: string) => bytesOf('c', module, '\n', name, '\n');
export const tuple = (...items: readonly Part[]) => bytesOf(op.MARK, ...items, op.TUPLE);
export const recall = (index: number) => bytesOf(0x68, index);
export const pickle = (...parts: readonly Part[]) => bytesOf(op.PROTO, ...parts, op.STOP);

/** A tensor of float32 values, of the storage `0`. */
export function tensor(
  elements: number,
  offset: Part,
  shape: readonly Part[],
  strides: readonly Part[],
): Buffer {
  const id = tuple(text('storage'), global('torch', 'FloatStorage'), text('0'), text('cpu'), int(elements));
  const storage = bytesOf(id, op.BINPERSID);
  const hooks = bytesOf(global('collections', 'OrderedDict'), op.EMPTY_TUPLE, op.REDUCE);
  const args = tuple(storage, offset, tuple(...shape), tuple(...strides), 0x89, hooks);
  return bytesOf(global('torch._utils', '_rebuild_tensor_v2'), args, op.REDUCE);
}
