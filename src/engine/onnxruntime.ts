/**
 * The only file that touches onnxruntime-node. It uses the package's native binding directly, because TensorFlow.js
 * must be able to read a tensor synchronously and the public interface has promises only; hence the exact version in
 * package.json.
 */
import { createRequire } from 'node:module';
import type { HostValues } from './graph/node.js';
import type { Dtype, Shape } from './graph/operations.js';

/** What a session takes and gives: values on the host, with their type and shape. */
export interface RuntimeTensor {
  readonly type: Dtype;
  readonly dims: Shape;
  readonly data: HostValues;
}

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
  readonly Tensor: new (type: Dtype, data: HostValues, dims: Shape) => RuntimeTensor;
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

export function runtimeTensor(type: Dtype, values: HostValues, shape: Shape): RuntimeTensor {
  return new (runtime().Tensor)(type, values, shape);
}

/** One loaded model. Runs block the calling thread; the session computes on its own threads. */
export class Session {
  readonly #session: NativeSession;
  readonly #profiled: boolean;

  /** Loads and optimises the model, which takes from milliseconds to a second. */
  constructor(model: Uint8Array, { device, threads, profile }: SessionOptions) {
    const { InferenceSession } = runtime().binding;
    this.#session = new InferenceSession();
    this.#profiled = profile !== undefined;
    this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads that spin while they wait gain nothing measurable, and take the processor from whoever makes the data.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    });
  }

  /** Values of the named outputs; they belong to the caller. */
  run(feeds: Record<string, RuntimeTensor>, outputs: readonly string[]): RuntimeTensor[] {
    const fetches = Object.fromEntries(outputs.map((name) => [name, null]));
    const results = this.#session.run(feeds, fetches, {});
    return outputs.map((name) => results[name]!);
  }

  /** Frees the model and its memory; the session cannot be used afterwards. */
  dispose(): void {
    if (this.#profiled) this.#session.endProfiling();
    this.#session.dispose();
  }
}
