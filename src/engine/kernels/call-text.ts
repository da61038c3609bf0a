import type * as tf from '@tensorflow/tfjs';

/** A kernel's call for a message, such as `MatMul(float32[2,3], float32[3,4])`. */
export function callText(kernelName: string, inputs: tf.NamedTensorInfoMap): string {
  const operands = Object.values(inputs).flatMap((info) =>
    info?.shape === undefined ? [] : [`${info.dtype}[${info.shape}]`],
  );
  return `${kernelName}(${operands.join(', ')})`;
}
