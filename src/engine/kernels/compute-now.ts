/** Debugging: each kernel is computed where it is called, so that an error's stack leads to the caller's line. */
import type * as tf from '@tensorflow/tfjs';
import type { OnnxruntimeBackend } from '../backend.js';
import { callText } from './call-text.js';

type Outputs = tf.TensorInfo | tf.TensorInfo[];

/** @throws Error naming the kernel and the shapes, if it fails or gives NaN */
export function computeNow(
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  run: () => Outputs,
  backend: OnnxruntimeBackend,
): Outputs {
  const call = callText(kernelName, inputs);
  let outputs: Outputs;
  try {
    outputs = run();
    for (const { dataId } of [outputs].flat()) backend.readSync(dataId);
  } catch (error) {
    throw new Error(`${call} failed: ${(error as Error).message}`, { cause: error });
  }
  for (const { dataId, dtype, shape } of [outputs].flat()) {
    if (dtype !== 'float32') continue;
    const position = (backend.readSync(dataId) as Float32Array).findIndex(Number.isNaN);
    if (position >= 0) throw new Error(`${call} gave NaN: element ${position} of float32[${shape}].`);
  }
  return outputs;
}
