import type * as tf from '@tensorflow/tfjs';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import { encodeSafetensors } from '../../weights/index.js';
import { describe } from '../../weights/saved-description.js';
import { encoderState, stateOf } from '../../weights/state-dict.js';
import { loadModels } from '../load-models.js';

/**
 * Writes the newest weights of a run by SimCLR for the script's `--initial`: the encoder's as torchvision names them, those of
 * the projection head behind `head.`. The velocity of the optimiser is not among them.
 * @param run - its folder, or a checkpoint's file
 * @throws InputError where there is no checkpoint, its encoder is no ResNet of this library, or the file cannot be written
 */
export async function saveInitialWeights(run: string, path: string): Promise<void> {
  if (!path.endsWith('.safetensors')) {
    throw new InputError(`${path} has no known extension; give a .safetensors file for the initial weights.`);
  }
  const models = await loadModels(run);
  try {
    const contents = encodeSafetensors({ tensors: tensorsOf(models), metadata: describe(models.encoder) });
    await writeDurably(path, contents).catch((error: Error) => {
      throw new InputError(`The initial weights could not be written to ${path}: ${error.message}.`);
    });
  } finally {
    for (const model of Object.values(models)) model.dispose();
  }
}

/** @param projection - SimCLR's head, if there is one */
function tensorsOf({ encoder, projection }: { encoder: tf.LayersModel; [name: string]: tf.LayersModel }) {
  const head =
    projection === undefined ? [] : stateOf(projection, (layer) => `head.${layer.replace('-', '_')}`);
  return new Map([...encoderState(encoder), ...head]);
}
