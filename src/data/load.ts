import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { cifar10, cifar100, loadCifar } from './cifar.js';
import type { Splits } from './dataset.js';
import type { SkippedImage } from './image-folder.js';
import { holdsFolders, loadFolders } from './load-folders.js';
import { loadMnist } from './mnist.js';
import type { LoadProgress } from './progress.js';
import { openImageNet } from './sources/index.js';
import { streamed } from './streamed.js';

/** Where {@link load} looks for data sets, and how files become images; MNIST and CIFAR need nothing but `directory`. */
export interface LoadOptions {
  /** Where data sets lie and are downloaded to; by default the environment's DCL_DATA, else `data` in the current folder. */
  readonly directory?: string;
  /**
   * [height, width] that images of files are brought to. Streamed ones are square, 224 by default; those of a folder that is
   * decoded into memory have their own size by default, see `imageFolder`.
   */
  readonly size?: readonly [number, number];
  /** 3 for colour, the default, or 1 for gray images of files. */
  readonly channels?: 1 | 3;
  /**
   * Whether the images of a folder are read from their files whenever they are needed, in their own sizes, instead of decoded
   * into memory once; not by default. ImageNet and archives always are.
   */
  readonly stream?: boolean;
  /** Classes to keep of streamed images, such as `imagenette`; all by default. */
  readonly classes?: readonly string[];
  /** Whether an image of a file that cannot be decoded is an error; by default it is skipped. */
  readonly strict?: boolean;
  /** Called once for each image that cannot be decoded: while loading, or, of streamed ones, whenever it is met. */
  readonly onSkip?: (image: SkippedImage) => void;
  /** Called while files are downloaded, decoded or listed. */
  readonly onProgress?: (event: LoadProgress) => void;
}

/** Names that `load` knows besides paths to folders. */
export const datasetNames: readonly string[] = ['mnist', 'cifar10', 'cifar100', 'imagenet'];

/**
 * Loads a data set by name or by path: `mnist` (installed with the library), `cifar10` or `cifar100` (downloaded when
 * needed), `imagenet` (the folder that the environment's DCL_IMAGENET names, else `imagenet` in the directory, in any form
 * that `openImageNet` knows), a folder with `train/CLASS/` and `test/CLASS/` (or `val/CLASS/`) in it, or one with archives or
 * shards as `openImageNet` finds them.
 * @throws InputError for an unknown name, and where the data set is missing, damaged or cannot be downloaded
 *
 * @example
 * ```ts
 * const mnist = await dcl.data.load('mnist');
 * const imagenette = await dcl.data.load('imagenet', { classes: dcl.data.imagenette, size: [128, 128] });
 * const mine = await dcl.data.load('/data/flowers', { size: [64, 64], onProgress: console.log });
 * ```
 */
export async function load(name: string, options: LoadOptions = {}): Promise<Splits> {
  const directory = options.directory ?? process.env.DCL_DATA ?? 'data';
  switch (name) {
    case 'mnist':
      return loadMnist();
    case 'cifar10':
      return loadCifar(cifar10, directory, options.onProgress);
    case 'cifar100':
      return loadCifar(cifar100, directory, options.onProgress);
    case 'imagenet':
      return loadStreamed(imagenetFolder(directory), options);
    default:
      return loadPath(name, options);
  }
}

function imagenetFolder(directory: string): string {
  const folder = process.env.DCL_IMAGENET ?? join(directory, 'imagenet');
  if (existsSync(folder)) return folder;
  throw new InputError(
    `ImageNet is not in ${folder}. It cannot be downloaded without an account at image-net.org; put it there, or let the ` +
      'environment variable DCL_IMAGENET name its folder.',
  );
}

async function loadPath(path: string, options: LoadOptions): Promise<Splits> {
  if (!existsSync(path)) {
    throw new InputError(
      `There is no data set or folder ${path}; choose ${datasetNames.join(', ')}, or give the path of a folder`,
    );
  }
  const inMemory = options.stream !== true && options.classes === undefined && holdsFolders(path);
  return inMemory ? loadFolders(path, options) : loadStreamed(path, options);
}

async function loadStreamed(path: string, options: LoadOptions): Promise<Splits> {
  const { size: [height, width] = [224, 224], channels, classes, strict, onSkip, onProgress } = options;
  if (height !== width) {
    throw new InputError(`Streamed images are square; size is ${height}x${width}, give ${height}x${height}`);
  }
  const { train, val } = await openImageNet(path, {
    ...(classes && { classes }),
    ...(onProgress && { onProgress }),
  });
  const settings = {
    size: height,
    ...(channels && { channels }),
    ...(strict !== undefined && { strict }),
    ...(onSkip && { onSkip }),
  };
  return { train: streamed(train, settings), test: streamed(val, settings) };
}
