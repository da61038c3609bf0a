import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { ImageSource } from '../image-source.js';
import { classFolders, classImages } from '../scan-folder.js';
import { type ImagePart, type IndexOptions, imageParts, listedAtOnce } from './image-parts.js';
import { NameList } from './name-list.js';
import { labelValidation, type ValidationLabels } from './validation-labels.js';

/**
 * The JPEG, PNG and WebP files of `path/CLASS/`, class by class, each class's by name. The folder may be a symbolic link;
 * links in it may not leave it.
 * @throws InputError for a missing folder, one without class folders, a class without images, or a link that leaves it
 */
export async function classFolderImages(
  path: string,
  { name, classes, onProgress }: IndexOptions,
): Promise<ImageSource> {
  const found = await classFolders(path, path);
  const numbering = classes ?? found;
  const labels = new Map(numbering.map((folder, label) => [folder, label]));
  const folders = found.filter((folder) => labels.has(folder));
  let done = 0;
  let images = 0;
  const list = async (folder: string) => {
    const names = await classImages(join(path, folder), path);
    images += names.length;
    done += 1;
    onProgress?.({ type: 'index', source: name, images, done, total: folders.length });
    return folderPart(join(path, folder), names, new Int32Array(names.length).fill(labels.get(folder)!));
  };
  const parts = await pMap(folders, list, { concurrency: listedAtOnce });
  return imageParts({ name, classes: numbering, parts });
}

/**
 * ImageNet's validation images as they are published, in one folder, class by class, each class's by name, as if they lay in class folders.
 * @throws InputError for a missing or empty folder, an image without a label, or a link that leaves the folder
 */
export async function flatFolderImages(
  path: string,
  validation: ValidationLabels,
  { name, classes = validation.classes }: IndexOptions,
): Promise<ImageSource> {
  const names = await classImages(path, path);
  const { entries, labels } = labelValidation(
    names.map((file) => ({ name: file })),
    validation,
    classes,
  );
  return imageParts({
    name,
    classes,
    parts: [
      folderPart(
        path,
        entries.map((entry) => entry.name),
        labels,
      ),
    ],
  });
}

function folderPart(folder: string, files: readonly string[], labels: Int32Array): ImagePart {
  const names = new NameList(files);
  const locationOf = (index: number) => join(folder, names.at(index));
  return { labels, locationOf, read: (index) => readFile(locationOf(index)) };
}
