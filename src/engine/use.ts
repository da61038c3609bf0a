/** Chooses what computes the tensors. */

import * as tf from '@tensorflow/tfjs';
import { InputError, requireInteger, requireOneOf } from '../errors.js';
import { OnnxruntimeBackend } from './backend.js';
import { plainBackend } from './kernels/fallback.js';
import { registerKernels } from './kernels/register.js';
import { supportedDevices } from './onnxruntime.js';
import { deviceFailure } from './probe.js';
import { processors } from './processors.js';
import { loadTensorflow } from './tensorflow.js';

const names = ['auto', 'onnxruntime', 'tensorflow', 'cpu'] as const;
const devices = ['cpu', 'webgpu', 'cuda'] as const;

/** What computes, see {@link UseOptions.name}. */
export type EngineName = 'onnxruntime' | 'tensorflow' | 'cpu';
/** Where the engine `onnxruntime` computes, see {@link UseOptions.device}. */
export type EngineDevice = 'cpu' | 'webgpu' | 'cuda';

/** What {@link use} is to choose; without any it chooses by what is installed. */
export interface UseOptions {
  /**
   * `onnxruntime`: TensorFlow.js recorded and compiled, fast on CPUs, nothing else to install. `tensorflow`:
   * `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, if installed. `cpu`: plain JavaScript, slow, for comparison.
   * `auto`, the default: `tensorflow` if it loads and sees a GPU, else `onnxruntime`.
   */
  readonly name?: EngineName | 'auto';
  /**
   * Where `onnxruntime` computes; default `cpu`. `webgpu`: values stay in the GPU's memory until they are read; what becomes
   * of NaN is the driver's choice, so relu may give 0 for it. `cuda`: every value crosses the bus at each run. The other
   * engines decide by themselves.
   */
  readonly device?: EngineDevice;
  /** Threads that compute on the CPU, for `onnxruntime`; default: as many as the machine runs in parallel. */
  readonly threads?: number;
  /**
   * For `onnxruntime`: computes every operation where it is called instead of a whole step at once, and throws where one
   * fails or gives NaN, naming the TensorFlow.js kernel and the shapes; the stack leads to the line. Far slower. Default
   * false.
   */
  readonly debug?: boolean;
}

/** What was chosen, and why. */
export interface EngineInfo {
  /** What computes. */
  readonly name: EngineName;
  /** Where it computes; `gpu` is the one that the engine `tensorflow` sees. */
  readonly device: EngineDevice | 'gpu';
  /** CPU threads that compute. */
  readonly threads: number;
  /** Why this engine, in a sentence. */
  readonly reason: string;
}

/** The backend's name inside TensorFlow.js, `tf.getBackend()`. */
const backendName = 'onnxruntime';
let current: OnnxruntimeBackend | undefined;
let latest: EngineInfo | undefined;

/** The onnxruntime backend in use or used before, if any. */
export function onnxruntimeBackend(): OnnxruntimeBackend | undefined {
  return current;
}

/** The onnxruntime backend where it is the one that computes now. */
export function onnxruntimeInUse(): OnnxruntimeBackend | undefined {
  return tf.getBackend() === backendName ? current : undefined;
}

/** What computes now, for a record of it; the backend's name alone where TensorFlow.js was told without `use`. */
export function engineInUse(): {
  /** TensorFlow.js's name of the backend. */
  readonly name: string;
  /** Where it computes. */
  readonly device?: string;
  /** CPU threads that compute. */
  readonly threads?: number;
} {
  const name = tf.getBackend();
  return latest?.name === name ? { name, device: latest.device, threads: latest.threads } : { name };
}

/**
 * Makes TensorFlow.js compute with the chosen engine, from now on. May be called again to change it: existing tensors
 * keep their values and move when they are next used.
 *
 * @throws InputError for an unknown name or device, threads that are not a positive integer, and engines or devices that
 * are not available on this machine; the message says what is missing.
 */
export async function use(options: UseOptions = {}): Promise<EngineInfo> {
  const { name = 'auto', device = 'cpu', threads = processors(), debug = false } = options;
  requireOneOf('engine', name, names);
  requireOneOf('device', device, devices);
  requireInteger('threads', threads);
  const info = await choose(name, device, threads);
  latest = info;
  if (current !== undefined) current.debug = debug;
  return info;
}

async function choose(name: EngineName | 'auto', device: EngineDevice, threads: number): Promise<EngineInfo> {
  if (name === 'cpu') return usePlain();
  if (name === 'onnxruntime') return useOnnxruntime(device, threads, 'onnxruntime was asked for');
  if (name === 'tensorflow') return useTensorflow();
  return device === 'cpu' ? chooseByItself(threads) : useOnnxruntime(device, threads, `it runs on ${device}`);
}

async function chooseByItself(threads: number): Promise<EngineInfo> {
  const found = loadTensorflow();
  if ('seesGpu' in found && found.seesGpu) {
    await tf.setBackend('tensorflow');
    const reason = `${found.packageName} is installed and sees a GPU.`;
    return { name: 'tensorflow', device: 'gpu', threads: processors(), reason };
  }
  const because =
    'seesGpu' in found
      ? `${found.packageName} sees no GPU, and on a CPU onnxruntime is faster`
      : 'it needs nothing but npm packages, and no TensorFlow that sees a GPU is installed';
  return useOnnxruntime('cpu', threads, because);
}

async function useOnnxruntime(device: EngineDevice, threads: number, because: string): Promise<EngineInfo> {
  requireDevice(device);
  if (current === undefined) {
    plainBackend();
    const backend = new OnnxruntimeBackend({ device, threads });
    tf.registerBackend(backendName, () => backend, 3);
    registerKernels(backendName);
    current = backend;
  } else {
    current.configure({ device, threads });
  }
  await tf.setBackend(backendName);
  const reason = `onnxruntime on ${device === 'cpu' ? `${threads} CPU threads` : device}, because ${because}.`;
  return { name: 'onnxruntime', device, threads, reason };
}

/** The command works in a clone of dcl-lab and in a project that depends on it. */
function install(what: 'tensorflow' | 'cuda'): string {
  return `\`npx dcl-lab engine ${what}\` (in a clone of dcl-lab also \`npm run engine:${what}\`)`;
}

const deviceAdvice: Record<EngineDevice, string> = {
  cpu: 'Reinstall onnxruntime-node.',
  webgpu:
    'It needs a GPU with a Vulkan (and libvulkan.so.1), Metal or DirectX 12 driver. Leave device out to use the CPU.',
  cuda:
    "It needs Linux x64, an NVIDIA GPU with its driver, CUDA 12 and cuDNN 9, and onnxruntime's CUDA files: " +
    `${install('cuda')}. Leave device out to use the CPU.`,
};

function requireDevice(device: EngineDevice): void {
  if (device === 'cpu') return;
  const built = supportedDevices().includes(device);
  const failure = built
    ? deviceFailure(device)
    : `onnxruntime for ${process.platform} ${process.arch} comes without it`;
  if (failure === undefined) return;
  throw new InputError(`Device '${device}' is not available: ${failure}. ${deviceAdvice[device]}`);
}

async function useTensorflow(): Promise<EngineInfo> {
  const found = loadTensorflow();
  if ('failures' in found) {
    throw new InputError(
      `The engine 'tensorflow' is not available: ${found.failures.join('; ')}. Run ${install('tensorflow')}, ` +
        "or use the default engine 'onnxruntime', which needs nothing else.",
    );
  }
  await tf.setBackend('tensorflow');
  const device = found.seesGpu ? 'gpu' : 'cpu';
  const reason = `${found.packageName} was asked for; it computes on the ${device.toUpperCase()}.`;
  return { name: 'tensorflow', device, threads: processors(), reason };
}

async function usePlain(): Promise<EngineInfo> {
  plainBackend();
  await tf.setBackend('cpu');
  return { name: 'cpu', device: 'cpu', threads: 1, reason: 'Plain JavaScript was asked for.' };
}
