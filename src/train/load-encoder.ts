import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { readCheckpoint, restoreEncoder } from './checkpoint.js';
import { runFiles } from './run-files.js';

/** Which weights `loadEncoder` gives. */
export interface LoadEncoderOptions {
  /** `trained` (default), or `initial`: those before the run's first step, the baseline to compare with. */
  readonly weights?: 'trained' | 'initial';
}

/**
 * The encoder of a run as a model of its own, for embedding and evaluation.
 * @param path - a run's folder or its checkpoint file
 * @throws InputError where there is no checkpoint, or it is damaged or holds no encoder
 */
export async function loadEncoder(
  path: string,
  { weights = 'trained' }: LoadEncoderOptions = {},
): Promise<tf.LayersModel> {
  const isFile = path.endsWith('.safetensors');
  const file = weights === 'initial' ? runFiles.initial : runFiles.checkpoint;
  const checkpoint = await readCheckpoint(
    isFile && weights === 'trained' ? path : join(isFile ? dirname(path) : path, file),
  );
  const encoder = await built(checkpoint.path, checkpoint.topologies.encoder);
  try {
    restoreEncoder(checkpoint, encoder);
  } catch (error) {
    encoder.dispose();
    throw error;
  }
  return encoder;
}

async function built(path: string, topology: object | undefined): Promise<tf.LayersModel> {
  if (!topology) throw new InputError(`${path} holds no encoder.`);
  try {
    return await tf.models.modelFromJSON(topology as tf.io.ModelJSON);
  } catch (error) {
    throw new InputError(`The encoder of ${path} cannot be built: ${(error as Error).message}.`);
  }
}
