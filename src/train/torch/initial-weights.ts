import type * as tf from '@tensorflow/tfjs';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import { encodeSafetensors, type StoredTensor } from '../../weights/index.js';
import { describe } from '../../weights/saved-description.js';
import { encoderState, stateOf } from '../../weights/state-dict.js';
import { checkpointOf, modelsIn, type RunModels } from '../load-models.js';

/**
 * Writes the newest weights of a run for the script's `--initial`: the encoder's as torchvision names them, those of the projection
 * head behind `head.`, of MoCo's key models behind `key_encoder.` and `key_head.`, of NNCLR's prediction head behind `prediction.`,
 * and the `queue` of both. The velocity of the optimiser is not among them.
 * @param run - its folder, or a checkpoint's file
 * @throws InputError where there is no checkpoint, its encoder is no ResNet of this library, or the file cannot be written
 */
export async function saveInitialWeights(run: string, path: string): Promise<void> {
  if (!path.endsWith('.safetensors')) {
    throw new InputError(`${path} has no known extension; give a .safetensors file for the initial weights.`);
  }
  const checkpoint = await checkpointOf(run);
  const models = await modelsIn(checkpoint);
  const queue = checkpoint.tensors.get('memory/queue');
  try {
    const tensors = new Map([...modelsInScript(models), ...(queue ? [['queue', queue] as const] : [])]);
    const contents = encodeSafetensors({ tensors, metadata: describe(models.encoder) });
    await writeDurably(path, contents).catch((error: Error) => {
      throw new InputError(`The initial weights could not be written to ${path}: ${error.message}.`);
    });
  } finally {
    for (const model of Object.values(models)) model.dispose();
  }
}

/** What the script calls the methods' models beside the encoder. */
const names = {
  projection: 'head',
  keyEncoder: 'key_encoder',
  keyProjection: 'key_head',
  prediction: 'prediction',
} as const;

function modelsInScript({ encoder, ...others }: RunModels): Map<string, StoredTensor> {
  const states = Object.entries(names).flatMap(([name, inScript]) => {
    const model = (others as Readonly<Record<string, tf.LayersModel>>)[name];
    return model === undefined ? [] : [...behind(inScript, stateIn(name, model))];
  });
  return new Map([...encoderState(encoder), ...states]);
}

function stateIn(name: string, model: tf.LayersModel): Map<string, StoredTensor> {
  return name === 'keyEncoder' ? encoderState(model) : stateOf(model, (layer) => layer.replace('-', '_'));
}

function behind(prefix: string, state: ReadonlyMap<string, StoredTensor>) {
  return [...state].map(([name, tensor]) => [`${prefix}.${name}`, tensor] as const);
}
