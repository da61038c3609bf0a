/**
 * The TensorFlow.js backend `onnxruntime`. A data id holds either values or a node of the pending graph.
 * Kernels only record; reading any pending value computes every pending value that still has a tensor, in one run,
 * after which nothing is pending. What was disposed before that is never computed.
 */
import * as tf from '@tensorflow/tfjs';
import { Executor } from './executor.js';
import { type HostValues, type Leaf, leaf, type Node, reshaped, type Source } from './graph/node.js';
import type { Dtype } from './graph/operations.js';
import type { Trace } from './graph/program.js';
import type { SessionOptions } from './onnxruntime.js';
import { Residency } from './residency.js';

/** Pending nodes beyond which values are computed unasked, so that a loop that never reads stays bounded. */
const pendingLimit = 20_000;

interface Entry {
  readonly dtype: tf.DataType;
  references: number;
  content: Source | { readonly kind: 'host'; readonly values: tf.backend_util.BackendValues };
}

export class OnnxruntimeBackend extends tf.KernelBackend {
  /** Whether kernels are computed when they are called, and checked for NaN. */
  debug = false;
  #executor: Executor;
  #residency: Residency;
  readonly #entries: tf.DataStorage<Entry>;
  readonly #pending = new Set<Entry>();
  /** Entries that failed to be computed, or were to be together with one that did. */
  readonly #failed = new Set<Entry>();
  #recordedSinceRun = 0;

  constructor(options: SessionOptions) {
    super();
    this.#executor = new Executor(options);
    this.#residency = new Residency(this.#executor);
    this.#entries = new tf.DataStorage<Entry>(this, tf.engine());
  }

  get executor(): Executor {
    return this.#executor;
  }

  get residency(): Residency {
    return this.#residency;
  }

  /** Compiles for another device, number of threads, or profile from now on; tensors keep their values. */
  configure(options: SessionOptions): void {
    const { device, threads, profile } = this.#executor.options;
    const same = device === options.device && threads === options.threads && profile === options.profile;
    if (same) return;
    this.#residency.dispose();
    this.#executor.dispose();
    this.#executor = new Executor(options);
    this.#residency = new Residency(this.#executor);
  }

  /** What a kernel reads: the tensor's node or values, in the tensor's shape. */
  source(tensor: tf.TensorInfo): Source {
    return reshaped(this.content(tensor), tensor.shape);
  }

  /** The tensor's node or values, in whatever shape they came about. */
  content({ dataId, dtype }: tf.TensorInfo): Source {
    const { content } = this.#entries.get(dataId);
    if (content.kind === 'host') throw new Error(`A ${dtype} tensor cannot be recorded.`);
    return content;
  }

  /** The tensor's values, in whatever shape they came about; computed first if they are pending. */
  leaf(tensor: tf.TensorInfo): Leaf {
    const entry = this.#entries.get(tensor.dataId);
    if (entry.content.kind === 'node') this.#settle(entry);
    return this.content(tensor) as Leaf;
  }

  /** The leaf's values on the host. */
  values(leaf: Leaf): HostValues {
    return this.#residency.values(leaf);
  }

  /** Runs what was recorded before, now with the leaves given; what is pending stays so. */
  run(traced: Trace): Leaf[] {
    this.#sweep();
    return this.#residency.run(traced);
  }

  /** A new tensor for what a kernel recorded, owned by the caller. */
  output(source: Source): tf.TensorInfo {
    const dataId = {};
    const entry: Entry = { dtype: source.dtype, references: 1, content: source };
    if (source.kind === 'leaf') source.holders += 1;
    this.#entries.set(dataId, entry);
    if (source.kind === 'node') {
      this.#pending.add(entry);
      this.#recordedSinceRun += 1;
      if (this.#recordedSinceRun > pendingLimit) this.#settle(entry);
    }
    return { dataId, shape: [...source.shape], dtype: source.dtype };
  }

  /** The same data under another shape or another tensor. */
  share({ dataId, dtype }: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Keeps a copy: the caller may use its array again before anything that reads it is computed. */
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.own(values.slice() as tf.backend_util.BackendValues, shape, dtype);
  }

  /** Like write, for values that nobody else holds. */
  own(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const content = recordable(dtype)
      ? leaf(hostValues(values, dtype), shape, dtype)
      : ({ kind: 'host', values } as const);
    if (content.kind === 'leaf') content.holders += 1;
    this.#entries.set(dataId, { dtype, references: refCount, content });
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const entry = this.#entries.get(dataId);
    if (entry.content.kind === 'node') this.#settle(entry);
    const content = entry.content as Exclude<Entry['content'], Node>;
    return content.kind === 'leaf' ? this.#residency.values(content) : content.values;
  }

  /** Computes at once, then lets other work of the event loop run before the values are handed over. */
  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    const values = this.readSync(dataId);
    await new Promise((resolve) => setImmediate(resolve));
    return values;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#entries.has(dataId)) return true;
    const entry = this.#entries.get(dataId);
    entry.references -= 1;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(dataId);
    this.#pending.delete(entry);
    this.#failed.delete(entry);
    if (entry.content.kind === 'leaf') {
      entry.content.holders -= 1;
      if (entry.content.holders === 0) this.#residency.abandon(entry.content);
    }
    if (this.#pending.size === 0) this.#sweep();
    return true;
  }

  override refCount(dataId: object): number {
    return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#entries.get(dataId).references += 1;
  }

  override numDataIds(): number {
    return this.#entries.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    run();
    this.#compute(this.#takePending());
    return { kernelMs: performance.now() - start };
  }

  override dispose(): void {
    this.#pending.clear();
    this.#failed.clear();
    this.#residency.dispose();
    this.#executor.dispose();
  }

  /**
   * Computes the entry, together with everything pending. If that fails, the fault may lie in another one: this one is
   * then computed alone, and each of the others when it is read itself.
   */
  #settle(entry: Entry): void {
    const entries = this.#pending.has(entry) ? this.#takePending() : [entry];
    try {
      this.#compute(entries);
    } catch (error) {
      for (const each of entries) this.#failed.add(each);
      if (entries.length === 1) throw error;
      this.#compute([entry]);
    }
  }

  #takePending(): Entry[] {
    const entries = [...this.#pending];
    this.#pending.clear();
    this.#recordedSinceRun = 0;
    return entries;
  }

  #compute(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const leaves = this.#residency.compute(entries.map(nodeOf));
    entries.forEach((entry, index) => {
      const computed = leaves[index]!;
      computed.holders += 1;
      entry.content = computed;
      this.#failed.delete(entry);
    });
    this.#sweep();
  }

  #sweep(): void {
    this.#residency.sweep([...this.#pending, ...this.#failed].map(nodeOf));
  }
}

function nodeOf({ content }: Entry): Node {
  return content as Node;
}

/** Whether tensors of this type can be part of a graph. */
export function recordable(dtype: tf.DataType): dtype is Dtype {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

const arrayTypes = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function hostValues(values: tf.backend_util.BackendValues, dtype: Dtype): HostValues {
  const ArrayType = arrayTypes[dtype];
  return values instanceof ArrayType ? values : ArrayType.from(values as ArrayLike<number>);
}
