import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { type LoadResNetOptions, loadResNet, open } from '../weights/index.js';
import { type Checkpoint, readCheckpoint, restoreModel } from './checkpoint.js';
import { newestCheckpoint } from './newest-checkpoint.js';
import { runFiles } from './run-files.js';

/** Which weights a run's models are given. */
export interface LoadOptions {
  /** `trained` (default), or `initial`: those before the run's first step, the baseline to compare with. */
  readonly weights?: 'trained' | 'initial';
  /** How to read a file that was trained elsewhere: its options for `weights.loadResNet`, such as the images' shape. */
  readonly foreign?: LoadResNetOptions;
}

/** The models of a run, by the names its method gave them, such as SimCLR's `projection`. */
export interface RunModels {
  /** Images [N, height, width, channels] to features [N, d]. */
  readonly encoder: tf.LayersModel;
  readonly [name: string]: tf.LayersModel;
}

/**
 * The encoder of a run as a model of its own, for embedding and evaluation; or a ResNet that was trained elsewhere, as
 * `weights.loadResNet` reads it.
 * @param path - a run's folder, for its newest checkpoint that is whole, or a checkpoint's file, or one that {@link isForeign}
 * @throws InputError where there is no checkpoint, or it is damaged or holds no encoder
 */
export async function loadEncoder(path: string, options: LoadOptions = {}): Promise<tf.LayersModel> {
  if (!(await isForeign(path))) return loaded(await checkpointOf(path, options), 'encoder');
  if (options.weights === 'initial') {
    throw new InputError(`${path} was trained elsewhere: what its weights were before is not known.`);
  }
  return (await loadResNet(path, options.foreign)).encoder;
}

/** Whether a file is one of PyTorch's by its name (.pth, .pth.tar, .pt, .ckpt or .torch), or safetensors that are no run's. */
export async function isForeign(path: string): Promise<boolean> {
  if (/\.(pth|pth\.tar|pt|ckpt|torch)$/.test(path)) return true;
  if (!path.endsWith('.safetensors')) return false;
  try {
    const file = await open(path);
    await file.close();
    return !file.metadata.format?.startsWith('dcl-lab');
  } catch {
    // Reading it as a checkpoint says what is wrong.
    return false;
  }
}

/**
 * All models of a run, the projection head that evaluation throws away included: what the run's loss compared.
 * @param path - a run's folder, for its newest checkpoint that is whole, or a checkpoint's file
 * @throws InputError where there is no checkpoint, or it is damaged or holds no encoder
 */
export async function loadModels(path: string, options: LoadOptions = {}): Promise<RunModels> {
  return modelsIn(await checkpointOf(path, options));
}

/** All models of a checkpoint. @throws InputError where it holds no encoder, or one cannot be built */
export async function modelsIn(checkpoint: Checkpoint): Promise<RunModels> {
  const models: RunModels = { encoder: await loaded(checkpoint, 'encoder') };
  try {
    const others = Object.keys(checkpoint.topologies).filter((name) => name !== 'encoder');
    for (const name of others) Object.assign(models, { [name]: await loaded(checkpoint, name) });
  } catch (error) {
    for (const model of Object.values(models)) model.dispose();
    throw error;
  }
  return models;
}

/** The checkpoint that a path means. @throws InputError where there is none, or it is damaged */
export async function checkpointOf(
  path: string,
  { weights = 'trained' }: Pick<LoadOptions, 'weights'> = {},
): Promise<Checkpoint> {
  const isFile = path.endsWith('.safetensors');
  if (weights === 'initial') return readCheckpoint(join(isFile ? dirname(path) : path, runFiles.initial));
  return isFile ? readCheckpoint(path) : newestOf(path);
}

async function newestOf(folder: string): Promise<Checkpoint> {
  const newest = await newestCheckpoint(folder);
  if (newest === undefined) {
    throw new InputError(
      `${folder} holds no checkpoint of a run. Of one trained elsewhere give the file, such as ${join(folder, 'checkpoint.pth')}.`,
    );
  }
  const { checkpoint, damaged } = newest;
  for (const { message } of damaged) console.warn(`${message} ${checkpoint.path} is used instead.`);
  return checkpoint;
}

async function loaded(checkpoint: Checkpoint, name: string): Promise<tf.LayersModel> {
  const model = await built(checkpoint, name);
  try {
    restoreModel(checkpoint, name, model);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

async function built({ path, topologies }: Checkpoint, name: string): Promise<tf.LayersModel> {
  const topology = topologies[name];
  if (!topology) throw new InputError(`${path} holds no ${name}.`);
  try {
    return await tf.models.modelFromJSON(topology as tf.io.ModelJSON);
  } catch (error) {
    throw new InputError(`The ${name} of ${path} cannot be built: ${(error as Error).message}.`);
  }
}
