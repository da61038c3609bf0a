/**
 * Where values are. On a device that can keep them, they stay in its memory until they are read, and are released when no
 * tensor has them any more and no operation that is yet to be computed reads them. Elsewhere everything is on the host.
 */
import { Copier } from './copier.js';
import type { Executor } from './executor.js';
import { type HostValues, type Leaf, leaf, type Node } from './graph/node.js';
import { type Program, reachable, type Trace, trace } from './graph/program.js';
import { DeviceTensor, keepsResults, type Result } from './onnxruntime.js';

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
    if (this.#keeps) this.#keepWhatIsGivenAgain(traced.leaves);
    const results = this.#executor.run(traced);
    this.#countGiven(traced.leaves);
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
    this.#copier.dispose();
  }

  /** What is read a second time, such as the weights of a loaded model, need not cross the bus a third time. */
  #keepWhatIsGivenAgain(leaves: readonly Leaf[]): void {
    for (const leaf of leaves) {
      if (leaf.device !== undefined || leaf.holders === 0) continue;
      if (this.#given.has(leaf)) {
        this.#countGiven([leaf]);
        this.#place(this.#copier.toDevice(leaf), leaf);
      } else this.#given.add(leaf);
    }
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
