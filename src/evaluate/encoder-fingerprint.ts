import { createHash } from 'node:crypto';
import type * as tf from '@tensorflow/tfjs';

/**
 * Tells encoders apart: SHA-256 over the shape of the images and the shapes and values of all weights, batch norm's moving
 * statistics included. Names do not count.
 */
export async function encoderFingerprint(encoder: tf.LayersModel): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([encoder.inputs[0]?.shape, encoder.outputShape]));
  for (const weight of encoder.getWeights()) {
    const values = await weight.data<'float32'>();
    hash.update(JSON.stringify(weight.shape));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
