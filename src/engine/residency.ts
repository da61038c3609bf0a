/**
 * Where values are. On a device that can keep them, they stay in its memory until they are read, and are released when no
 * tensor has them any more and no operation that is yet to be computed reads them. Elsewhere everything is on the host.
 */
import { LRUCache } from 'lru-cache';
import { Copier } from './copier.js';
import type { Executor } from './executor.js';
import { type HostValues, type Leaf, leaf, type Node } from './graph/node.js';
import { type Program, reachable, type Trace, trace } from './graph/program.js';
import { DeviceTensor, keepsResults, type Result } from './onnxruntime.js';

/** Most constants kept, and most bytes of all and of one. */
const mostConstants = 1024;
const mostConstantBytes = 2 ** 28;
const largestConstant = 2 ** 26;

/** What is needed of the executor. */
type Runner = Pick<Executor, 'options' | 'run'>;

export class Residency {
  bytesToDevice = 0;
  bytesToHost = 0;
  readonly #executor: Runner;
  readonly #copier: Copier;
  /** Whether the device keeps values. */
  readonly #keeps: boolean;
  /** What the device has. */
  readonly #leaves = new Set<Leaf>();
  /** Of these, what no tensor has any more. */
  readonly #abandoned = new Set<Leaf>();
  /** What the host has and the device was given once. */
  readonly #given = new WeakSet<Leaf>();
  /** What is read again and again although no tensor may have it: numbers by type and value, other constants. */
  readonly #constants = new LRUCache<string | Leaf, Leaf>({
    max: mostConstants,
    maxSize: mostConstantBytes,
    sizeCalculation: ({ values }) => values!.byteLength,
    onInsert: (leaf) => {
      leaf.holders += 1;
    },
    dispose: (leaf) => {
      leaf.holders -= 1;
      if (leaf.holders === 0) this.abandon(leaf);
    },
  });

  constructor(executor: Runner) {
    this.#executor = executor;
    this.#copier = new Copier(executor.options);
    this.#keeps = keepsResults(executor.options.device);
  }

  get bytesOnDevice(): number {
    return [...this.#leaves].reduce((sum, { device }) => sum + device!.bytes, 0);
  }

  /** Values of the nodes, in their order; equal nodes share a leaf. They stay where the device keeps them. */
  compute(nodes: readonly Node[]): Leaf[] {
    return this.run(trace(nodes));
  }

  /** The same for what is traced already. */
  run(traced: Trace): Leaf[] {
    const given = this.#keeps ? this.#keepWhatIsGivenAgain(traced.leaves) : traced.leaves;
    const results = this.#executor.run({ ...traced, leaves: given });
    this.#countGiven(given);
    const leaves: Leaf[] = [];
    return traced.positions.map((position, index) => {
      leaves[position] ??= this.#place(results[index]!, outputLeaf(traced.program, position));
      return leaves[position];
    });
  }

  /** The leaf's values on the host, copied at the first time. */
  values(leaf: Leaf): HostValues {
    if (leaf.values === undefined) this.#place(this.#copier.toHost(leaf), leaf);
    return leaf.values!;
  }

  /** To be called when no tensor has the leaf any more; a sweep releases it. */
  abandon(leaf: Leaf): void {
    if (leaf.device !== undefined) this.#abandoned.add(leaf);
  }

  /** Releases what was abandoned, unless one of the nodes, which are yet to be computed, reads it. */
  sweep(uncomputed: readonly Node[]): void {
    if (this.#abandoned.size === 0) return;
    const read = new Set(reachable(uncomputed).leaves);
    for (const leaf of this.#abandoned) {
      // A reshape taken back gives a tensor the leaf that it was made from.
      if (leaf.holders > 0) this.#abandoned.delete(leaf);
      else if (!read.has(leaf)) this.#release(leaf);
    }
  }

  /** Moves everything to the host. */
  dispose(): void {
    for (const leaf of this.#leaves) {
      this.values(leaf);
      this.#release(leaf);
    }
    this.#constants.clear();
    this.#copier.dispose();
  }

  /**
   * What is read a second time, such as the weights of a loaded model, need not cross the bus a third time.
   *
   * @returns the leaves, with one for equal numbers
   */
  #keepWhatIsGivenAgain(leaves: readonly Leaf[]): Leaf[] {
    return leaves.map((leaf) => {
      if (leaf.device !== undefined) return leaf;
      const shared = leaf.values!.length === 1 ? this.#number(leaf) : leaf;
      const again = this.#given.has(shared);
      const keepable = shared.holders > 0 || shared.values!.byteLength <= largestConstant;
      this.#given.add(shared);
      if (again && keepable && shared.device === undefined) this.#keep(shared);
      return shared;
    });
  }

  #number(leaf: Leaf): Leaf {
    const value = leaf.values![0]!;
    const key = `${leaf.dtype} ${Object.is(value, -0) ? '-0' : value}`;
    const known = this.#constants.get(key);
    if (known === undefined) this.#constants.set(key, leaf);
    return known ?? leaf;
  }

  #keep(leaf: Leaf): void {
    this.#countGiven([leaf]);
    this.#place(this.#copier.toDevice(leaf), leaf);
    // No tensor has it, but it is given again: a constant of what is replayed.
    if (leaf.holders === 0) this.#constants.set(leaf, leaf);
  }

  #place(result: Result, leaf: Leaf): Leaf {
    if (result instanceof DeviceTensor) {
      leaf.device = result;
      this.#leaves.add(leaf);
    } else {
      leaf.values = result;
      if (this.#executor.options.device !== 'cpu') this.bytesToHost += result.byteLength;
    }
    return leaf;
  }

  #countGiven(leaves: readonly Leaf[]): void {
    if (this.#executor.options.device === 'cpu') return;
    for (const { device, values } of leaves) {
      if (device === undefined) this.bytesToDevice += values!.byteLength;
    }
  }

  #release(leaf: Leaf): void {
    leaf.device!.release();
    leaf.device = undefined;
    this.#leaves.delete(leaf);
    this.#abandoned.delete(leaf);
  }
}

function outputLeaf({ inputs, instructions, outputs }: Program, position: number): Leaf {
  const { shape, dtype } = instructions[outputs[position]! - inputs.length]!;
  return leaf(undefined, shape, dtype);
}
