import type { FileBytes } from './file-bytes.js';
import { unpickle } from './pickle.js';
import type { PickleValue } from './pickle-values.js';
import { mostPickleBytes, type OpenedPyTorch } from './pytorch-format.js';
import { globalsOf, type PickleGlobals, type StorageReference, storageOf } from './pytorch-values.js';
import { type Refuse, refusal } from './refusal.js';
import { tensorsIn } from './tensors-in.js';
import { textIn } from './text-in.js';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/** Of the number of elements before each storage. */
const lengthBytes = 8;

/**
 * The format before 1.6: pickles of a magic number, the protocol, the system and the object, then one of the storages' keys in
 * the order in which they follow, each after its number of elements in 8 bytes.
 */
export async function openLegacy(file: FileBytes, unknown: 'refuse' | 'ignore'): Promise<OpenedPyTorch> {
  const refuse = refusal(file.path);
  const pickles = new Pickles(
    await file.read(0, Math.min(file.size, mostPickleBytes)),
    file.path,
    unknown,
    refuse,
  );
  const [magic, protocol, system] = [pickles.next(), pickles.next(), pickles.next()];
  if (magic !== magicNumber || protocol !== protocolVersion) {
    throw refuse('is a pickle, but none of torch.save, which begin with a certain number');
  }
  const value = pickles.next();
  const tensors = tensorsIn(value, refuse);
  const places = await placesOf(pickles.next(), pickles, file, refuse);
  return {
    tensors,
    metadata: textIn(value),
    bigEndian: system instanceof Map && system.get('little_endian') === false,
    readStorage({ key }, from, to) {
      const place = places.get(key);
      if (place === undefined) throw refuse(`has no storage ${key}`);
      return file.read(place + from, place + to);
    },
  };
}

/** One pickle after the other, and the storages that they name. */
class Pickles {
  readonly storages = new Map<string, StorageReference>();
  /** Where the next one begins. */
  place = 0;
  private readonly global: PickleGlobals;

  constructor(
    private readonly bytes: Buffer,
    private readonly source: string,
    unknown: 'refuse' | 'ignore',
    private readonly refuse: Refuse,
  ) {
    this.global = globalsOf(unknown, refuse);
  }

  next(): PickleValue {
    const { value, length } = unpickle(this.bytes.subarray(this.place), {
      source: this.source,
      global: this.global,
      persistent: (id) => this.remembered(storageOf(id, this.refuse)),
    });
    this.place += length;
    return value;
  }

  private remembered(storage: StorageReference | undefined): StorageReference | undefined {
    if (storage === undefined) return undefined;
    const known = this.storages.get(storage.key) ?? storage;
    if (known.bytes !== storage.bytes) throw this.refuse(`gives its storage ${storage.key} two sizes`);
    this.storages.set(storage.key, known);
    return storage;
  }
}

/** Where each storage's first element lies in the file. */
async function placesOf(
  keys: PickleValue,
  { storages, place }: Pickles,
  file: FileBytes,
  refuse: Refuse,
): Promise<ReadonlyMap<string, number>> {
  if (!Array.isArray(keys)) throw refuse('has no list of its storages');
  const places = new Map<string, number>();
  let next = place;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key))
      throw refuse('lists a storage that no tensor has, or twice');
    const elements = Number((await file.read(next, next + lengthBytes)).readBigInt64LE());
    if (elements !== storage.elements) {
      throw refuse(
        `has ${elements} elements in storage ${key}, where its pickle announces ${storage.elements}`,
      );
    }
    places.set(storage.key, next + lengthBytes);
    next += lengthBytes + storage.bytes;
  }
  return places;
}
