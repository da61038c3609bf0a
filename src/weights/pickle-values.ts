/** What a pickle can hold. Python's tuples and lists both become arrays; nothing here can be executed. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | Set<PickleValue>
  | PickleObject;

export type PickleDict = Map<PickleValue, PickleValue>;

/** Whatever is no plain value. */
export abstract class PickleObject {
  /** As Python writes it, such as `collections.OrderedDict`. */
  abstract readonly name: string;
}

/** A global that is known by name. */
export class KnownGlobal extends PickleObject {
  /** @param call - what stands for a call of it in Python: makes a plain value of the arguments. None can be called without. */
  constructor(
    readonly name: string,
    readonly call?: (args: readonly PickleValue[]) => PickleValue,
  ) {
    super();
  }
}

/** Stands for an object of a kind that is not known: its name and nothing else. Whatever is done to it leaves it as it is. */
export class Opaque extends PickleObject {
  constructor(readonly name: string) {
    super();
  }
}
