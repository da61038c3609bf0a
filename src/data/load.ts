import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { cifar10, cifar100, loadCifar } from './cifar.js';
import type { Splits } from './dataset.js';
import { imageFolder, type SkippedImage } from './image-folder.js';
import { loadMnist } from './mnist.js';
import type { LoadProgress } from './progress.js';

export interface LoadOptions {
  /** Where data sets lie and are downloaded to; by default the environment's DCL_DATA, else `data` in the current folder. */
  readonly directory?: string;
  /** [height, width] of the images of a folder, see `imageFolder`. */
  readonly size?: readonly [number, number];
  /** 3 for colour, the default, or 1 for gray images of a folder. */
  readonly channels?: 1 | 3;
  /** Whether an image of a folder that cannot be decoded is an error; by default it is skipped. */
  readonly strict?: boolean;
  readonly onSkip?: (image: SkippedImage) => void;
  readonly onProgress?: (event: LoadProgress) => void;
}

/** Names that `load` knows besides paths to folders. */
export const datasetNames: readonly string[] = ['mnist', 'cifar10', 'cifar100'];

const testFolders = ['test', 'val', 'validation'];

/**
 * Loads a data set by name, `mnist` (installed with the library), `cifar10` or `cifar100` (downloaded when needed), or
 * the images of a folder with `train/CLASS/` and `test/CLASS/` (or `val/CLASS/`) in it.
 * @throws InputError for an unknown name, and where the data set is missing, damaged or cannot be downloaded
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
    default:
      return loadFolders(name, options);
  }
}

async function loadFolders(path: string, options: LoadOptions): Promise<Splits> {
  if (!existsSync(path)) {
    throw new InputError(
      `There is no data set or folder ${path}; choose ${datasetNames.join(', ')}, or give the path of a folder`,
    );
  }
  const testFolder = testFolders.find((folder) => existsSync(join(path, folder)));
  if (!existsSync(join(path, 'train')) || !testFolder) {
    throw new InputError(
      `${path} should hold train/CLASS/FILE.jpg and test/CLASS/FILE.jpg (or val/CLASS/FILE.jpg); ` +
        'a folder of classes that is not split is read by imageFolder',
    );
  }
  const name = basename(resolve(path));
  const train = await imageFolder(join(path, 'train'), { ...options, name: `${name} train` });
  const test = await imageFolder(join(path, testFolder), {
    ...options,
    name: `${name} test`,
    classes: train.classes,
  });
  if (train.shape.join() !== test.shape.join()) {
    throw new InputError(
      `The training images of ${path} are ${train.shape.join('x')}, the test images ${test.shape.join('x')}; give a size`,
    );
  }
  return { train, test };
}
