/** Kernels without a recording run on tfjs-backend-cpu: pending inputs are computed, handed over, and the results kept. */
import * as tf from '@tensorflow/tfjs';
import type { OnnxruntimeBackend } from '../backend.js';
import { callText } from './call-text.js';

interface PlainBackend extends tf.KernelBackend {
  firstUse: boolean;
}

const calls = new Map<string, number>();

/** Kernels that have run in plain JavaScript so far, with how often. */
export function plainKernelCalls(): ReadonlyMap<string, number> {
  return calls;
}

/** Creating tensors, and looking inside strings, is what plain JavaScript is right for. */
const expected = new Set(['LinSpace', 'Range', 'Complex', 'Real', 'Imag']);

/** The JavaScript backend, without the banner that recommends another one. */
export function plainBackend(): tf.KernelBackend {
  const backend = tf.findBackend('cpu') as PlainBackend;
  backend.firstUse = false;
  return backend;
}

/** Inputs may be a map or, for kernels such as Concat, a list. */
export function runPlainKernel(
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  attributes: tf.NamedAttrMap | undefined,
  backend: OnnxruntimeBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  note(kernelName, inputs);
  const cpu = plainBackend();
  const borrowed: tf.TensorInfo[] = [];
  const lend = (info: tf.TensorInfo): tf.TensorInfo => {
    const lent = handOver(info, backend, cpu);
    borrowed.push(lent);
    return lent;
  };
  const lendAll = (value: unknown): unknown => {
    if (value == null) return value;
    return Array.isArray(value) ? value.map(lendAll) : lend(value as tf.TensorInfo);
  };
  const cpuInputs = (
    Array.isArray(inputs)
      ? inputs.map(lendAll)
      : Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, lendAll(value)]))
  ) as tf.NamedTensorInfoMap;
  const { kernelFunc } = tf.getKernel(kernelName, 'cpu');
  const result = kernelFunc({ inputs: cpuInputs, attrs: attributes ?? {}, backend: cpu });
  const outputs = Array.isArray(result) ? result.map((info) => takeBack(info)) : takeBack(result);
  for (const { dataId } of borrowed) cpu.disposeData(dataId);
  return outputs;

  function takeBack(info: tf.TensorInfo): tf.TensorInfo {
    const values = cpu.readSync(info.dataId);
    cpu.disposeData(info.dataId);
    return { dataId: backend.own(values, info.shape, info.dtype), shape: info.shape, dtype: info.dtype };
  }
}

function handOver(
  { dataId, shape, dtype }: tf.TensorInfo,
  backend: OnnxruntimeBackend,
  cpu: tf.KernelBackend,
) {
  const values = backend.readSync(dataId);
  // Some plain kernels (Dilation2DBackpropInput) also read the rank, which a TensorInfo does not promise.
  const write = (
    part: tf.backend_util.BackendValues,
    type: tf.DataType,
  ): tf.TensorInfo & { rank: number } => ({
    dataId: cpu.write(part, shape, type),
    shape,
    rank: shape.length,
    dtype: type,
  });
  if (dtype !== 'complex64') return write(values, dtype);
  const interleaved = values as Float32Array;
  const real = write(
    interleaved.filter((_, index) => index % 2 === 0),
    'float32',
  );
  const imag = write(
    interleaved.filter((_, index) => index % 2 === 1),
    'float32',
  );
  const { kernelFunc } = tf.getKernel('Complex', 'cpu');
  const complex = kernelFunc({ inputs: { real, imag }, attrs: {}, backend: cpu }) as tf.TensorInfo;
  cpu.disposeData(real.dataId);
  cpu.disposeData(imag.dataId);
  return complex;
}

function note(kernelName: string, inputs: tf.NamedTensorInfoMap): void {
  const count = calls.get(kernelName) ?? 0;
  calls.set(kernelName, count + 1);
  if (count > 0 || expected.has(kernelName)) return;
  console.warn(
    `dcl-lab: kernel ${callText(kernelName, inputs)} has no onnxruntime form and runs in plain JavaScript.`,
  );
}
