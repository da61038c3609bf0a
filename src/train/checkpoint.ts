import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type StoredTensors,
} from '../weights/index.js';
import type { Optimiser } from './optimiser.js';

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

export const noProgress: Progress = { step: 0, epochLoss: 0, seconds: 0, epochStart: 0 };

/** What is trained: the models by name, what the method remembers besides them, and the optimiser. */
export interface TrainingState {
  readonly models: Readonly<Record<string, tf.LayersModel>>;
  readonly memory?: Readonly<Record<string, tf.Variable>>;
  readonly optimiser?: Pick<Optimiser, 'slots'>;
}

/** A checkpoint as read from disk, its checksum verified. */
export interface Checkpoint {
  readonly path: string;
  readonly progress: Progress;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** tfjs topology of each model by name, as `tf.models.modelFromJSON` takes it. */
  readonly topologies: Readonly<Record<string, object>>;
}

/** Weights are NaN or infinite, so they were not written. */
export class NonFiniteError extends InputError {
  override readonly name = 'NonFiniteError';
}

/** A file that was meant to be a checkpoint does not hold what was written. */
export class DamagedError extends InputError {
  override readonly name = 'DamagedError';
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/** There is no such file, or no more. */
export class MissingError extends InputError {
  override readonly name = 'MissingError';
}

const format = 'dcl-lab checkpoint 2';

/**
 * Writes a checkpoint in one step: either the new one is complete on disk or the old one is untouched.
 * @throws InputError naming the path and the system's reason, such as a full disk
 * @throws NonFiniteError for values that are not finite; nothing is written then
 */
export async function saveCheckpoint(
  path: string,
  state: TrainingState,
  progress: Progress = noProgress,
): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of namedVariables(state)) {
    const values = await variable.data<'float32'>();
    const stray = values.find((value) => !Number.isFinite(value));
    if (stray !== undefined) throw new NonFiniteError(`${name} holds ${stray}; ${path} was not written.`);
    tensors.set(name, { shape: variable.shape, values });
  }
  const topologies = Object.fromEntries(
    Object.entries(state.models).map(([name, model]) => [name, model.toJSON(null, false)]),
  );
  const metadata = { format, progress: JSON.stringify(progress), topologies: JSON.stringify(topologies) };
  const sha256 = checksum({ tensors, metadata });
  try {
    await writeDurably(path, encodeSafetensors({ tensors, metadata: { ...metadata, sha256 } }));
  } catch (error) {
    throw new InputError(
      `The checkpoint ${path} could not be written (${(error as Error).message}). ` +
        `An earlier checkpoint of this run, if any, is untouched; free space or fix the permissions and resume.`,
    );
  }
}

/**
 * Reads a checkpoint; the file is untouched.
 * @throws DamagedError where it is cut short, its checksum does not match, or it is something else
 * @throws MissingError where there is none
 * @throws InputError naming the file where it is another version's or cannot be read
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = decoded(await bytesOf(path), path);
  const { sha256, ...rest } = metadata;
  if (!rest.format?.startsWith('dcl-lab checkpoint')) {
    throw new DamagedError(
      path,
      `${path} is a safetensors file but not a checkpoint of dcl-lab. It was left untouched.`,
    );
  }
  if (rest.format !== format && /\d$/.test(rest.format)) {
    throw new InputError(
      `${path} is a "${rest.format}" of another version, which reads "${format}" only. It was left untouched.`,
    );
  }
  if (checksum({ tensors, metadata: rest }) !== sha256) {
    throw new DamagedError(path, `${path} is damaged: its checksum does not match. It was left untouched.`);
  }
  return { path, progress: JSON.parse(rest.progress!), tensors, topologies: JSON.parse(rest.topologies!) };
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const Unreadable = code === 'ENOENT' ? MissingError : InputError;
    throw new Unreadable(`The checkpoint ${path} cannot be read: ${message}.`);
  }
}

function decoded(bytes: Buffer, path: string): StoredTensors {
  try {
    return decodeSafetensors(bytes, path);
  } catch (error) {
    throw error instanceof InputError ? new DamagedError(path, error.message) : error;
  }
}

/** Puts a checkpoint's values into the state. @throws InputError where it is another model's; nothing is changed then */
export function restoreCheckpoint({ path, tensors }: Checkpoint, state: TrainingState): void {
  restore(path, tensors, namedVariables(state));
}

/** Puts one model's values of a checkpoint into it. @throws InputError where they do not belong to it */
export function restoreModel({ path, tensors }: Checkpoint, name: string, model: tf.LayersModel): void {
  const own = [...tensors].filter(([tensor]) => tensor.startsWith(`${name}/`));
  restore(path, new Map(own), namedVariables({ models: { [name]: model } }));
}

function restore(
  path: string,
  stored: ReadonlyMap<string, StoredTensor>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  assertSameModel(path, stored, variables);
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      variable.assign(tf.tensor(stored.get(name)!.values, variable.shape, variable.dtype));
    }
  });
}

function assertSameModel(
  path: string,
  stored: ReadonlyMap<string, StoredTensor>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  const differing = [...variables.keys()].find(
    (name) => String(stored.get(name)?.shape) !== String(variables.get(name)!.shape),
  );
  if (differing === undefined && stored.size === variables.size) return;
  const detail =
    differing === undefined
      ? `it holds ${stored.size} tensors, not ${variables.size}`
      : `its ${differing} has shape [${stored.get(differing)?.shape ?? 'missing'}], not [${variables.get(differing)!.shape}]`;
  throw new InputError(
    `${path} belongs to another model: ${detail}. It was left untouched; give the same encoder and method, or another folder.`,
  );
}

/** Every tensor of the state by the name it is stored under: `encoder/000` is the encoder's first. */
function namedVariables({ models, memory = {}, optimiser }: TrainingState): Map<string, tf.Variable> {
  // All weights of a model, batch norm's moving statistics included.
  const weights = Object.entries(models).flatMap(([name, model]) =>
    numbered(
      name,
      model.weights.map((weight) => weight.read() as tf.Variable),
    ),
  );
  const remembered = Object.entries(memory).map(([name, variable]) => [`memory/${name}`, variable] as const);
  const slots = Object.entries(optimiser?.slots ?? {}).flatMap(([name, slot]) => numbered(name, slot));
  const all = [...weights, ...remembered, ...slots];
  const byName = new Map(all);
  if (byName.size === all.length) return byName;
  throw new InputError(
    'A method calls one of its models memory or velocity; a checkpoint needs these names.',
  );
}

function numbered(name: string, variables: readonly tf.Variable[]): [string, tf.Variable][] {
  return variables.map((variable, i) => [`${name}/${String(i).padStart(3, '0')}`, variable]);
}

/** Of everything in the file: metadata, names, shapes and values. */
function checksum({ tensors, metadata }: StoredTensors): string {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(metadata).sort()));
  for (const [name, { shape, values }] of tensors) {
    hash.update(JSON.stringify([name, shape, values.constructor.name]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
