import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import { classFolders, isImageName } from '../scan-folder.js';
import { readClassList } from './class-list.js';
import { classFolderImages, flatFolderImages } from './folder-images.js';
import type { IndexOptions } from './image-parts.js';
import { relabel } from './of-classes.js';
import { trainArchiveClasses, trainArchiveImages, validationArchiveImages } from './official-archives.js';
import { shardImages } from './shard-images.js';
import { readValidationLabels } from './validation-labels.js';

/** ImageNet's training or its validation images. */
export type PartName = 'train' | 'val';

/** Training or validation images that lie in a folder, not yet listed. */
export interface FoundPart {
  /** Such as `class folders in /data/imagenet/train`. */
  readonly description: string;
  /** Undefined where classes are numbers. */
  classes(): Promise<readonly string[] | undefined>;
  open(options: IndexOptions): Promise<ImageSource>;
}

/** Where train and val lie: as torchvision wants them, and as Kaggle's archive unpacks. */
const bases = ['', 'ILSVRC/Data/CLS-LOC', 'Data/CLS-LOC'];
/** The images in ImageNet's own folder test have no labels: that is for other data sets, and comes last. */
const folderNames = { train: ['train'], val: ['val', 'validation', 'test'] };
const archives = { train: 'ILSVRC2012_img_train.tar', val: 'ILSVRC2012_img_val.tar' };

/** What is looked for, for messages. */
export const layouts: Readonly<Record<PartName, string>> = {
  train: `train/CLASS/FILE.JPEG, ILSVRC/Data/CLS-LOC/train/CLASS/FILE.JPEG, ${archives.train}, or WebDataset's shards *train*.tar`,
  val: `val/CLASS/FILE.JPEG (also validation or test) or val/ILSVRC2012_val_00000001.JPEG (also in ILSVRC/Data/CLS-LOC), ${archives.val}, or WebDataset's shards *val*.tar`,
};

/**
 * What lies in the folder, in the first of these forms that is there: folders, the published archive, shards.
 * @throws InputError where it is no folder
 */
export async function findPart(root: string, part: PartName): Promise<FoundPart | undefined> {
  const names = await readdir(root).catch((error: Error) => {
    throw new InputError(`Could not read the folder ${root}: ${error.message}`, { cause: error });
  });
  for (const base of bases) {
    for (const name of folderNames[part]) {
      const found = await folderPart(part, root, join(root, base), name);
      if (found) return found;
    }
  }
  if (names.includes(archives[part])) return archivePart(part, root);
  const shards = names.filter((name) => isShard(name, part)).sort();
  return shards.length > 0 ? shardPart(root, shards) : undefined;
}

async function folderPart(
  part: PartName,
  root: string,
  base: string,
  name: string,
): Promise<FoundPart | undefined> {
  const path = join(base, name);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return undefined;
  const entries = (await readdir(path, { withFileTypes: true })).filter(
    (entry) => !entry.name.startsWith('.'),
  );
  if (entries.length === 0) return undefined;
  const image = entries.find((entry) => isImageName(entry.name));
  if (part === 'val' && image) {
    const folder = entries.find((entry) => entry.isDirectory());
    if (folder) {
      throw new InputError(
        `${path} holds images, such as ${image.name}, beside folders, such as ${folder.name}; move all into class folders, or none`,
      );
    }
    const labels = () => readValidationLabels([root, base, path]);
    return {
      description: `images in ${path}`,
      classes: async () => (await labels()).classes,
      open: async (options) => flatFolderImages(path, await labels(), options),
    };
  }
  return {
    description: `class folders in ${path}`,
    classes: () => classFolders(path, path),
    open: (options) => classFolderImages(path, options),
  };
}

function archivePart(part: PartName, root: string): FoundPart {
  const path = join(root, archives[part]);
  const labels = () => readValidationLabels([root]);
  return {
    description: path,
    classes: async () => (part === 'train' ? trainArchiveClasses(path) : (await labels()).classes),
    open: async (options) =>
      part === 'train'
        ? trainArchiveImages(path, options)
        : validationArchiveImages(path, await labels(), options),
  };
}

function isShard(name: string, part: PartName): boolean {
  if (!name.endsWith('.tar') || name.startsWith('.') || name === archives[part]) return false;
  return part === 'train' ? name.includes('train') : name.includes('val') && !name.includes('train');
}

function shardPart(root: string, shards: readonly string[]): FoundPart {
  const paths = shards.map((name) => join(root, name));
  const list = join(root, 'classes.txt');
  const classes = async () => (existsSync(list) ? readClassList(list) : undefined);
  return {
    description: `${shards.length} of WebDataset's shards, the first ${paths[0]}`,
    classes,
    open: async (options) => {
      const named = await classes();
      const source = await shardImages(paths, { ...options, classes: named ?? options.classes });
      return named && options.classes ? relabel(source, options.classes, options.name) : source;
    },
  };
}
