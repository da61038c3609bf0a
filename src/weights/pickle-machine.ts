import type { PickleBytes } from './pickle-bytes.js';
import { KnownGlobal, Opaque, PickleObject, type PickleValue } from './pickle-values.js';

/** What the machine asks of the file format around it. */
export interface PickleContext {
  /** The file's name, for messages. */
  readonly source: string;
  /** What `module.name` stands for; undefined refuses it. */
  global(name: string): PickleObject | undefined;
  /** What lies outside the pickle under this id; undefined refuses it. */
  persistent(id: PickleValue): PickleObject | undefined;
}

/** Most marks that are open at a time. */
const mostMarks = 1000;

/** The stack, the marks and the memo of a pickle that is being read, and what its instructions do to them. */
export class PickleMachine {
  #stack: PickleValue[] = [];
  /** The stacks below each open mark. */
  readonly #below: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(
    readonly bytes: PickleBytes,
    readonly context: PickleContext,
  ) {}

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.damaged('takes a value from an empty stack');
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  /** So many values, the topmost last. */
  several(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  mark(): void {
    if (this.#below.length === mostMarks) throw this.damaged(`has more than ${mostMarks} open marks`);
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** All values above the last mark, which is closed. */
  sinceMark(): PickleValue[] {
    const values = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) throw this.damaged('closes a mark that was never set');
    this.#stack = below;
    return values;
  }

  remember(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.damaged(`recalls value ${index}, which was never remembered`);
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (Array.isArray(list)) for (const value of values) list.push(value);
    else if (!(list instanceof Opaque)) throw this.damaged('appends to something that is no list');
  }

  set(entries: readonly PickleValue[]): void {
    const dict = this.top();
    if (entries.length % 2 !== 0) throw this.damaged('sets a key without a value');
    if (dict instanceof Map) {
      for (let i = 0; i < entries.length; i += 2) dict.set(entries[i]!, entries[i + 1]!);
    } else if (!(dict instanceof Opaque)) throw this.damaged('sets an entry of something that is no dict');
  }

  add(values: readonly PickleValue[]): void {
    const set = this.top();
    if (set instanceof Set) for (const value of values) set.add(value);
    else if (!(set instanceof Opaque)) throw this.damaged('adds to something that is no set');
  }

  global(module: PickleValue, name: PickleValue): void {
    const full = `${module}.${name}`;
    const known = this.context.global(full);
    if (known === undefined) {
      throw this.bytes.refusal(
        `refers to ${full.slice(0, 255)}, which is none of the names that a file of tensors and plain values needs ` +
          "and is refused. If you know the file, unknown: 'ignore' (--ignore-unknown) reads what is beside it; a model " +
          'that was saved whole has to be saved again by its state_dict()',
      );
    }
    this.push(known);
  }

  /** Stands for `callable(*args)`. */
  call(callable: PickleValue, args: PickleValue): PickleValue {
    if (callable instanceof Opaque) return callable;
    if (!(callable instanceof KnownGlobal) || callable.call === undefined || !Array.isArray(args)) {
      throw this.damaged(`calls ${describe(callable)}, which is no function`);
    }
    return callable.call(args);
  }

  /** Stands for `cls.__new__(cls, *args)`, which only what is unknown has. */
  create(type: PickleValue): void {
    if (!(type instanceof Opaque))
      throw this.damaged(`makes an object of ${describe(type)}, which is refused`);
    this.push(type);
  }

  /** Attributes of an OrderedDict, such as a state dict's version numbers, and of what is unknown, are left out. */
  build(): void {
    this.pop();
    const object = this.top();
    if (!(object instanceof Map || object instanceof Opaque)) {
      throw this.damaged(`sets the state of ${describe(object)}, which is refused`);
    }
  }

  persistent(): void {
    const id = this.pop();
    const value = this.context.persistent(id);
    if (value === undefined) throw this.damaged(`refers to ${describe(id)} outside the pickle`);
    this.push(value);
  }

  damaged(problem: string): Error {
    return this.bytes.refusal(`${problem}, at byte ${this.bytes.place} of the pickle`);
  }
}

/** A value as short text. */
function describe(value: PickleValue): string {
  if (value instanceof PickleObject) return value.name;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value))
    return `a list of ${value.slice(0, 3).map((item) => (typeof item === 'string' ? describe(item) : '...'))}`;
  return typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : String(value);
}
