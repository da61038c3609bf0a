import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import writeFileAtomic from 'write-file-atomic';
import { InputError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import type { Sgd } from './sgd.js';

/** Where a run stands between two steps; with the weights this is all an exact resume needs. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Sum of the losses of the epoch under way. */
  readonly epochLoss: number;
  /** Seconds spent training, over all sittings. */
  readonly seconds: number;
  /** `seconds` when the epoch under way began. */
  readonly epochStart: number;
}

/** What is trained: the models by name and the optimiser that moves them. */
export interface TrainingState {
  readonly models: Readonly<Record<string, tf.LayersModel>>;
  readonly optimiser: Sgd;
}

/** A checkpoint as read from disk, its checksum verified. */
export interface Checkpoint {
  readonly path: string;
  readonly progress: Progress;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** tfjs topology of each model by name, as `tf.models.modelFromJSON` takes it. */
  readonly topologies: Readonly<Record<string, object>>;
}

/** Every tensor of the state by the name it is stored under. */
function namedVariables({ models, optimiser }: TrainingState): Map<string, tf.Variable> {
  const weights = Object.entries(models).flatMap(([name, model]) => [...weightVariables(name, model)]);
  return new Map([...weights, ...numbered('velocity', optimiser.velocities)]);
}

/** All weights of a model, batch norm's moving statistics included: `encoder/000` is the encoder's first. */
function weightVariables(name: string, model: tf.LayersModel): Map<string, tf.Variable> {
  return numbered(
    name,
    model.weights.map((weight) => weight.read() as tf.Variable),
  );
}

function numbered(name: string, variables: readonly tf.Variable[]): Map<string, tf.Variable> {
  return new Map(variables.map((variable, i) => [`${name}/${String(i).padStart(3, '0')}`, variable]));
}

/**
 * Writes a checkpoint in one step: either the new one is complete on disk or the old one is untouched.
 * @throws InputError naming the path and the system's reason, such as a full disk
 */
export async function saveCheckpoint(path: string, state: TrainingState, progress: Progress): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of namedVariables(state)) {
    tensors.set(name, { shape: variable.shape, values: (await variable.data()) as Float32Array });
  }
  const topologies = Object.fromEntries(
    Object.entries(state.models).map(([name, model]) => [name, model.toJSON(null, false)]),
  );
  const metadata = {
    format: 'dcl-lab checkpoint 1',
    progress: JSON.stringify(progress),
    topologies: JSON.stringify(topologies),
    sha256: checksum(tensors),
  };
  try {
    await writeFileAtomic(path, encodeSafetensors({ tensors, metadata }));
  } catch (error) {
    throw new InputError(
      `The checkpoint ${path} could not be written (${(error as Error).message}). ` +
        `An earlier checkpoint of this run, if any, is untouched; free space or fix the permissions and resume.`,
    );
  }
}

/** @throws InputError naming the file where it is missing, cut short, damaged or not a checkpoint; the file is untouched */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new InputError(`The checkpoint ${path} cannot be read: ${(error as Error).message}.`);
  }
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.format !== 'dcl-lab checkpoint 1' || !metadata.progress || !metadata.topologies) {
    throw new InputError(
      `${path} is a safetensors file but not a checkpoint of dcl-lab. It was left untouched.`,
    );
  }
  if (checksum(tensors) !== metadata.sha256) {
    throw new InputError(`${path} is damaged: its checksum does not match. It was left untouched.`);
  }
  const progress: Progress = JSON.parse(metadata.progress);
  return { path, progress, tensors, topologies: JSON.parse(metadata.topologies) };
}

/** Puts a checkpoint's values into the state. @throws InputError where it is another model's; nothing is changed then */
export function restoreCheckpoint(checkpoint: Checkpoint, state: TrainingState): void {
  const variables = namedVariables(state);
  assertSameModel(checkpoint, variables);
  restore(checkpoint, variables);
}

function restore({ tensors }: Checkpoint, variables: ReadonlyMap<string, tf.Variable>): void {
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      variable.assign(tf.tensor(tensors.get(name)!.values, variable.shape, variable.dtype));
    }
  });
}

function assertSameModel(
  { path, tensors: stored }: Checkpoint,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  const differing = [...variables.keys()].find(
    (name) => String(stored.get(name)?.shape) !== String(variables.get(name)!.shape),
  );
  if (differing === undefined && stored.size === variables.size) return;
  const detail =
    differing === undefined
      ? `it holds ${stored.size} tensors, this run ${variables.size}`
      : `its ${differing} has shape [${stored.get(differing)?.shape ?? 'missing'}], this run's [${variables.get(differing)!.shape}]`;
  throw new InputError(
    `${path} belongs to another model: ${detail}. It was left untouched; give the same encoder and method, or another folder.`,
  );
}

function checksum(tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = createHash('sha256');
  for (const { values } of tensors.values()) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** Which weights `loadEncoder` gives. */
export interface LoadEncoderOptions {
  /** `trained` (default), or `initial`: those before training, the baseline to compare with. */
  readonly weights?: 'trained' | 'initial';
}

/**
 * The encoder of a checkpoint as a model of its own, for embedding and evaluation.
 * @param path - a run's folder or its checkpoint file
 * @throws InputError where there is no checkpoint, or it is damaged or holds no encoder
 */
export async function loadEncoder(
  path: string,
  { weights = 'trained' }: LoadEncoderOptions = {},
): Promise<tf.LayersModel> {
  const checkpoint = await readCheckpoint(path.endsWith('.safetensors') ? path : checkpointPath(path));
  const topology = checkpoint.topologies.encoder;
  if (!topology) throw new InputError(`${checkpoint.path} holds no encoder.`);
  // The topology names each layer's initialiser with its seed, so a fresh model has the initial weights.
  const encoder = await tf.models.modelFromJSON(topology as tf.io.ModelJSON);
  if (weights === 'trained') restore(checkpoint, weightVariables('encoder', encoder));
  return encoder;
}

/** Where a run's folder keeps its checkpoint. */
export function checkpointPath(folder: string): string {
  return `${folder}/checkpoint.safetensors`;
}
