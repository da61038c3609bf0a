/**
 * The only file that touches onnxruntime-node. It uses the package's native binding directly, because TensorFlow.js
 * must be able to read a tensor synchronously and the public interface has promises only; hence the exact version in
 * package.json.
 */
import { createRequire } from 'node:module';
import { type DeviceValues, type HostValues, type Leaf, sizeOf } from './graph/node.js';
import type { Dtype, Shape } from './graph/operations.js';

/** What a session takes and gives: values with their type and shape. */
export interface RuntimeTensor {
  readonly type: Dtype;
  readonly dims: Shape;
  readonly location: 'cpu' | 'gpu-buffer';
  /** Throws for values on the device. */
  readonly data: HostValues;
  /** Throws for values on the host. */
  readonly gpuBuffer: object;
  dispose(): void;
}

/**
 * A result in the device's memory: any session of the device reads it, and it must be released, since nothing else frees
 * it.
 */
export class DeviceTensor implements DeviceValues {
  readonly #released: () => void;

  constructor(
    readonly tensor: RuntimeTensor,
    readonly bytes: number,
    released: () => void,
  ) {
    this.#released = released;
  }

  release(): void {
    this.tensor.dispose();
    this.#released();
  }
}

/** An output: its values, or where on the device they are. */
export type Result = HostValues | DeviceTensor;

export interface SessionOptions {
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  readonly threads: number;
  /** Where to write onnxruntime's profile, without the ending; none if left out. */
  readonly profile?: string | undefined;
}

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
    options: object,
  ): Record<string, RuntimeTensor>;
  endProfiling(): void;
  dispose(): void;
}

interface Binding {
  readonly binding: {
    readonly InferenceSession: new () => NativeSession;
    listSupportedBackends(): { name: string; bundled: boolean }[];
  };
  initOrt(): void;
}

interface Common {
  readonly env: { logLevel?: string };
  readonly Tensor: {
    new (type: Dtype, data: HostValues, dims: Shape): RuntimeTensor;
    fromGpuBuffer(buffer: object, options: { dataType: Dtype; dims: Shape }): RuntimeTensor;
  };
}

const require = createRequire(import.meta.url);
let loaded: (Binding & Common) | undefined;

function runtime(): Binding & Common {
  if (loaded === undefined) {
    const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as Binding;
    const { Tensor, env } = require('onnxruntime-common') as Common;
    // What it logs it also throws, except warnings that nobody can do anything about.
    env.logLevel = 'fatal';
    initOrt();
    loaded = { binding, initOrt, Tensor, env };
  }
  return loaded;
}

/** Names of the devices this installation of onnxruntime was built for, such as `cpu` and `webgpu`. */
export function supportedDevices(): string[] {
  return runtime()
    .binding.listSupportedBackends()
    .map(({ name }) => name);
}

/** Whether results can stay in the device's memory for other runs: the binding takes CUDA's memory for the host's. */
export function keepsResults(device: SessionOptions['device']): boolean {
  return device === 'webgpu';
}

/** The leaf as a session takes it, from the device's memory if it is there, in another shape of as many elements. */
export function runtimeTensor({ dtype, values, device, shape }: Leaf, dims: Shape = shape): RuntimeTensor {
  const { Tensor } = runtime();
  if (!(device instanceof DeviceTensor)) return new Tensor(dtype, values!, dims);
  const { gpuBuffer } = device.tensor;
  return Tensor.fromGpuBuffer(gpuBuffer, { dataType: dtype, dims });
}

const bytesPerElement: Record<Dtype, number> = { float32: 4, int32: 4, bool: 1 };

/** One loaded model. Runs block the calling thread; the session computes on its own threads. */
export class Session {
  readonly #session: NativeSession;
  readonly #profiled: boolean;
  /** Results that are still in the device's memory, which goes with the session. */
  #lent = 0;
  #disposed = false;

  /**
   * Loads and optimises the model, which takes from milliseconds to a second.
   *
   * @param keepsResults - whether they stay in the device's memory
   */
  constructor(model: Uint8Array, { device, threads, profile }: SessionOptions, keepsResults = false) {
    const { InferenceSession } = runtime().binding;
    this.#session = new InferenceSession();
    this.#profiled = profile !== undefined;
    this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads wait for more work for as long as waking them takes, 2 % of a step; longer ones take the processor from
      // whoever makes the data.
      extra: { session: { intra_op: { allow_spinning: '1', spin_duration_us: '100' } } },
      // A pattern takes a second block beside the memory of the first run: 30 % more at the same speed, see bench/NOTES.md.
      enableMemPattern: false,
      ...(keepsResults ? { preferredOutputLocation: 'gpu-buffer' } : {}),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    });
  }

  /** Values of the named outputs, or where on the device they are; they belong to the caller. */
  run(feeds: Record<string, RuntimeTensor>, outputs: readonly string[]): Result[] {
    const fetches = Object.fromEntries(outputs.map((name) => [name, null]));
    const results = this.#session.run(feeds, fetches, {});
    return outputs.map((name) => this.#handOver(results[name]!));
  }

  #handOver(result: RuntimeTensor): Result {
    if (result.location === 'cpu') return result.data;
    this.#lent += 1;
    const bytes = bytesPerElement[result.type] * sizeOf(result.dims);
    return new DeviceTensor(result, bytes, () => {
      this.#lent -= 1;
      this.#free();
    });
  }

  /** Frees the model and its memory, once its results are released; the session cannot be used afterwards. */
  dispose(): void {
    this.#disposed = true;
    this.#free();
  }

  #free(): void {
    if (!this.#disposed || this.#lent > 0) return;
    if (this.#profiled) this.#session.endProfiling();
    this.#session.dispose();
  }
}
