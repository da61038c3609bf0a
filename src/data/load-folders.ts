import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import type { Splits } from './dataset.js';
import { type ImageFolderOptions, imageFolder } from './image-folder.js';

const testFolders = ['test', 'val', 'validation'];

/** Whether the folder has training and test images in folders that `loadFolders` reads. */
export function holdsFolders(path: string): boolean {
  return existsSync(join(path, 'train')) && testFolderOf(path) !== undefined;
}

/**
 * The images of `path/train/CLASS/` and `path/test/CLASS/` (or `val`), decoded into memory.
 * @throws InputError where they cannot be read, or are of two sizes
 */
export async function loadFolders(path: string, options: ImageFolderOptions): Promise<Splits> {
  const name = basename(resolve(path));
  const train = await imageFolder(join(path, 'train'), { ...options, name: `${name} train` });
  const test = await imageFolder(join(path, testFolderOf(path)!), {
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

function testFolderOf(path: string): string | undefined {
  return testFolders.find((folder) => existsSync(join(path, folder)));
}
