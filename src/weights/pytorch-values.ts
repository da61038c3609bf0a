/** The names that a file of torch.save may use, and what they stand for. */
import { type ElementType, elementBytes } from './element-types.js';
import { KnownGlobal, Opaque, type PickleDict, PickleObject, type PickleValue } from './pickle-values.js';
import type { Refuse } from './refusal.js';
import { extentOf, sizeOf } from './strided.js';

/** Bytes somewhere else in the file, which tensors are views of. */
export class StorageReference extends PickleObject {
  override readonly name = 'a storage';

  /** @param type - undefined for a storage of bytes, whose tensors say what they are */
  constructor(
    readonly key: string,
    readonly type: ElementType | undefined,
    readonly elements: number,
  ) {
    super();
  }

  get bytes(): number {
    return this.elements * this.elementBytes;
  }

  get elementBytes(): number {
    return this.type === undefined ? 1 : elementBytes[this.type];
  }
}

/** A tensor as the pickle describes it: a view of a storage. */
export class TensorReference extends PickleObject {
  override readonly name = 'a tensor';

  constructor(
    readonly storage: StorageReference,
    readonly type: ElementType,
    /** Place of the first element in the storage, in elements. */
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
  }
}

class StorageType extends PickleObject {
  constructor(
    readonly name: string,
    readonly type: ElementType | undefined,
  ) {
    super();
  }
}

class DataType extends PickleObject {
  constructor(
    readonly name: string,
    readonly type: ElementType,
  ) {
    super();
  }
}

const storageNames: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/**
 * What a name of a pickle stands for.
 * @param unknown - with `ignore`, any other name becomes an inert record of itself
 */
export function globalsOf(unknown: 'refuse' | 'ignore', refuse: Refuse): PickleGlobals {
  const known = new Map<string, PickleObject>();
  for (const [name, type] of Object.entries(storageNames)) {
    known.set(`torch.${name}`, new StorageType(name, type));
  }
  for (const name of ['torch.UntypedStorage', 'torch.storage.UntypedStorage']) {
    known.set(name, new StorageType(name, undefined));
  }
  for (const type of Object.keys(elementBytes) as ElementType[]) {
    known.set(`torch.${type}`, new DataType(type, type));
  }
  for (const [name, call] of Object.entries(functions(refuse))) {
    known.set(name, new KnownGlobal(name, call));
  }
  return (name) => known.get(name) ?? (unknown === 'ignore' ? new Opaque(name) : undefined);
}

export type PickleGlobals = (name: string) => PickleObject | undefined;

type Call = (args: readonly PickleValue[]) => PickleValue;

function functions(refuse: Refuse): Readonly<Record<string, Call>> {
  const set: Call = ([items = []]) => {
    if (Array.isArray(items)) return new Set(items);
    throw refuse('has a set that is not made of a list');
  };
  return {
    'collections.OrderedDict': ([pairs = []]) => dictOf(pairs, refuse),
    'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) =>
      tensorOf({ storage, offset, shape, strides }, refuse),
    'torch._utils._rebuild_tensor_v3': ([storage, offset, shape, strides, , , type]) =>
      tensorOf({ storage, offset, shape, strides, type }, refuse),
    'torch._utils._rebuild_parameter': ([tensor]) => {
      if (tensor instanceof TensorReference) return tensor;
      throw refuse('has a parameter that is no tensor');
    },
    'torch.Size': ([sizes = []]) => sizes,
    'torch.device': ([type, index = 0]) => `${textOf(type)}:${textOf(index)}`,
    // How protocols before 3 write sets and bytes.
    'builtins.set': set,
    '__builtin__.set': set,
    'builtins.frozenset': set,
    '__builtin__.frozenset': set,
    '_codecs.encode': ([text]) => Buffer.from(typeof text === 'string' ? text : '', 'latin1'),
    '__builtin__.bytes': () => Buffer.alloc(0),
  };
}

function dictOf(pairs: PickleValue, refuse: Refuse): PickleDict {
  const isPair = (pair: PickleValue): pair is [PickleValue, PickleValue] =>
    Array.isArray(pair) && pair.length === 2;
  if (Array.isArray(pairs) && pairs.every(isPair)) return new Map(pairs);
  throw refuse('has an OrderedDict that is not made of pairs');
}

interface TensorArguments {
  readonly storage: PickleValue | undefined;
  readonly offset: PickleValue | undefined;
  readonly shape: PickleValue | undefined;
  readonly strides: PickleValue | undefined;
  readonly type?: PickleValue | undefined;
}

/** Most axes of a tensor. */
const mostAxes = 16;

function tensorOf(
  { storage, offset, shape, strides, type }: TensorArguments,
  refuse: Refuse,
): TensorReference {
  if (!(storage instanceof StorageReference)) throw refuse('has a tensor without a storage');
  const element = type instanceof DataType ? type.type : storage.type;
  if (element === undefined) throw refuse('has a tensor of no known type');
  if (!isSize(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length) {
    throw refuse(
      `has a tensor of shape [${textOf(shape)}], strides [${textOf(strides)}] and offset ${textOf(offset)}, which must be whole ` +
        'numbers of at least 0, a stride for each size',
    );
  }
  if (shape.length > mostAxes) throw refuse(`has a tensor of ${shape.length} axes, more than ${mostAxes}`);
  const elements = Math.floor(storage.bytes / elementBytes[element]);
  const end = offset + (sizeOf(shape) === 0 ? 0 : extentOf(shape, strides) + 1);
  if (end > elements) {
    throw refuse(
      `has a tensor of shape [${shape}], strides [${strides}] and offset ${offset}, which reaches to element ${end} of a ` +
        `storage of ${elements}`,
    );
  }
  return new TensorReference(storage, element, offset, shape, strides);
}

/**
 * The storage that a persistent id names: ('storage', type, key, location, elements), and in files before 1.6 a sixth part, None.
 * (Before PyTorch 0.4 it could describe a view.)
 */
export function storageOf(id: PickleValue, refuse: Refuse): StorageReference | undefined {
  if (!Array.isArray(id) || id[0] !== 'storage') return undefined;
  const [, type, key, , elements, view = null] = id;
  if (!(type instanceof StorageType) || typeof key !== 'string' || !isSize(elements)) {
    throw refuse('has a storage without type, key or size');
  }
  if (view !== null)
    throw refuse(`has a storage ${key} that is a view of another one, as before PyTorch 0.4`);
  return new StorageReference(key, type.type, elements);
}

function isSize(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function textOf(value: PickleValue | undefined): string {
  if (isSizes(value)) return value.slice(0, mostAxes).join();
  return typeof value === 'object' ? '?' : String(value).slice(0, 40);
}
