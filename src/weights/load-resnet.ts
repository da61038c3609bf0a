import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import {
  imagenetPixels,
  resnet,
  type Standardisation,
  type Stem,
  type StemName,
  zeros,
} from '../models/index.js';
import { type FoundResNet, findResNet } from './find-resnet.js';
import { open } from './open.js';
import type { PyTorchOptions } from './pytorch.js';
import { keyOf, weightNames } from './resnet-keys.js';
import { readDescription } from './saved-description.js';
import { transposed } from './strided.js';
import type { StoredTensor, TensorFile } from './tensor-file.js';

/** What {@link loadResNet} cannot tell from the file alone. */
export interface LoadResNetOptions extends PyTorchOptions {
  /**
   * Which of several ResNets in the file, such as `state_dict.module.encoder_k` of MoCo's keys; by default the one that its
   * project trains.
   */
  readonly prefix?: string;
  /** Height, width and channels of the images. Default as of `models.resnet`, with the channels that the file has. */
  readonly inputShape?: readonly [height: number, width: number, channels: number];
  /**
   * What the encoder expects to be done to pixels in [0, 1]. Default: what the file says if this library wrote it, else
   * `imagenet`, as nearly all are trained; `none` for those that are not, such as Google's SimCLR.
   */
  readonly standardise?: 'imagenet' | 'none' | Standardisation;
  /**
   * How the network begins, where the tensors leave it open. Default: a 7x7 kernel has stride 2 and a max-pool, a 3x3 kernel neither
   * (and in solo-learn's checkpoints a padding of 2).
   */
  readonly stem?: StemName | Stem;
  /** Called with the numbers that were read of those of the network, after each tensor. What it throws ends the work. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** An encoder, and what there was to tell of its file. */
export interface LoadedResNet {
  /** Images [N, height, width, channels] in [0, 1] to pooled features. */
  readonly encoder: tf.LayersModel;
  /** What the names of its tensors begin with in the file. */
  readonly prefix: string;
  /** Whose names they are, if they are known. */
  readonly project: string | undefined;
  /** How the network begins, by name where the stem has one. */
  readonly stem: StemName | Stem;
  /** What the encoder does to pixels before anything else; undefined for nothing. */
  readonly standardisation: Standardisation | undefined;
  /** Tensors of the file that the encoder has no place for, such as those of heads and of the optimiser. */
  readonly unused: readonly string[];
}

/**
 * A ResNet that was trained elsewhere, as an encoder: PyTorch files and safetensors with the names of torchvision, lightly,
 * solo-learn, MoCo or VISSL. Its architecture is told from the tensors. Nothing in the file is executed.
 *
 * @throws InputError where the file cannot be read or is refused (see {@link open}), holds no ResNet or several, or one with tensors
 * that are missing, too many or of other shapes
 */
export async function loadResNet(path: string, options: LoadResNetOptions = {}): Promise<LoadedResNet> {
  const file = await open(path, options);
  try {
    const found = findResNet(file, options.prefix);
    const described = readDescription(file);
    const standardisation = standardisationFor(path, found, options.standardise ?? described?.standardise);
    const stem = options.stem ?? described?.stem ?? found.stem;
    // Read first: a file that merely claims to hold a huge network is found out before that is built.
    const stored = await readAll(file, found, options.onProgress);
    const inputShape = inputShapeFor(path, found, options.inputShape ?? described?.inputShape);
    const standardise = standardisation === undefined ? {} : { standardise: standardisation };
    const encoder = resnet(found.parts, { width: found.width, stem, inputShape, ...standardise }, zeros);
    try {
      fill(path, encoder, found, stored);
    } catch (error) {
      encoder.dispose();
      throw error;
    }
    const { prefix, project } = found;
    return { encoder, prefix, project, stem, standardisation, unused: unusedOf(file, found, stored) };
  } finally {
    await file.close();
  }
}

function standardisationFor(
  path: string,
  { channels }: FoundResNet,
  chosen: LoadResNetOptions['standardise'],
): Standardisation | undefined {
  if (chosen === 'none') return undefined;
  if (chosen !== undefined && chosen !== 'imagenet') return chosen;
  if (channels === 3) return imagenetPixels;
  throw new InputError(
    `${path} is for images of ${channels} channels, for which ImageNet's mean and deviation do not hold: give standardise, 'none' if ` +
      'it was trained on pixels from 0 to 1.',
  );
}

type InputShape = readonly [height: number, width: number, channels: number];

function inputShapeFor(
  path: string,
  { channels, stem }: FoundResNet,
  shape: InputShape = stem.pool ? [224, 224, channels] : [32, 32, channels],
): InputShape {
  if (shape[2] === channels) return shape;
  throw new InputError(`${path} is for images of ${channels} channels, but inputShape is [${shape}].`);
}

/** What PyTorch and programs that count operations keep beside the weights. */
const bookkeeping = /\.(num_batches_tracked|total_ops|total_params)$/;

/** Every tensor of the network, by its name below the prefix. */
async function readAll(
  file: TensorFile,
  found: FoundResNet,
  onProgress: LoadResNetOptions['onProgress'],
): Promise<ReadonlyMap<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  const wanted = [...file.tensors].filter(([name]) => isPart(name, found) && !bookkeeping.test(name));
  const sizes = wanted.map(([, { shape }]) => shape.reduce((size, length) => size * length, 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [place, [name]] of wanted.entries()) {
    stored.set(name.slice(found.prefix.length), await file.read(name));
    done += sizes[place]!;
    onProgress?.(done, total);
  }
  return stored;
}

/** Whether the name is one of the stem or of a stage, or would be of a further stage. */
function isPart(name: string, { prefix, layout, parts }: FoundResNet): boolean {
  if (!name.startsWith(prefix)) return false;
  const [part = ''] = name.slice(prefix.length).split('.');
  const [stage, first] = layout.stages;
  const stages = parts.stages.map((_, index) => `${stage}${first + index}`);
  // Where the parts are only numbered, those after the stages are pooling and heads.
  const isFurtherStage = stage !== '' && part.startsWith(stage) && /^\d+$/.test(part.slice(stage.length));
  return layout.stem.includes(part) || stages.includes(part) || isFurtherStage;
}

/** Puts the tensors into the layers. @throws InputError naming those that are missing, misshapen or too many */
function fill(
  path: string,
  encoder: tf.LayersModel,
  { prefix, layout, shortcut }: FoundResNet,
  stored: ReadonlyMap<string, StoredTensor>,
): void {
  const problems: string[] = [];
  const left = new Set(stored.keys());
  for (const layer of encoder.layers) {
    const key = keyOf(layer.name, layout, shortcut);
    if (key === undefined) continue;
    const values = weightNames[layer.getClassName()]!.map(({ theirs, order }, index) => {
      const name = `${key}.${theirs}`;
      left.delete(name);
      const tensor = stored.get(name);
      const shape = layer.weights[index]!.shape as number[];
      const expected = shape.map((_, axis) => shape[order.indexOf(axis)]);
      if (String(tensor?.shape) !== String(expected)) {
        const state = tensor === undefined ? 'is missing' : `has shape [${tensor.shape}], not [${expected}]`;
        problems.push(`${prefix}${name} ${state}`);
        return undefined;
      }
      return () => tf.tensor(transposed(tensor!.values, tensor!.shape, order), shape, 'float32');
    });
    tf.tidy(() => {
      if (problems.length === 0) layer.setWeights(values.map((value) => value!()));
    });
  }
  for (const name of left) problems.push(`${prefix}${name} has no place in it`);
  if (problems.length === 0) return;
  const more = problems.length > 8 ? ` and ${problems.length - 8} more` : '';
  throw new InputError(
    `${path} does not hold a whole ${encoder.name}: ${problems.slice(0, 8).join('; ')}${more}.`,
  );
}

function unusedOf(
  { tensors }: TensorFile,
  { prefix }: FoundResNet,
  used: ReadonlyMap<string, StoredTensor>,
): string[] {
  return [...tensors.keys()].filter((name) => {
    const isUsed = name.startsWith(prefix) && used.has(name.slice(prefix.length));
    return !isUsed && !bookkeeping.test(name);
  });
}
