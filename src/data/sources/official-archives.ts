import { posix } from 'node:path';
import pMap from 'p-map';
import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import { isImageName } from '../scan-folder.js';
import { requireDistinct } from './class-list.js';
import { type IndexOptions, listedAtOnce } from './image-parts.js';
import { listing, type OpenFiles } from './open-files.js';
import { type TarEntry, tarEntries } from './tar-entries.js';
import { tarPart, tarSource } from './tar-part.js';
import { labelValidation, type ValidationLabels } from './validation-labels.js';

/** Images between two reports on a flat archive. */
const reportEvery = 1000;

/**
 * ImageNet's training images where they are published, in ILSVRC2012_img_train.tar: a tar of one tar for each class, named
 * by it. Reads the headers alone, then images at their place; class by class, each class's by name, as from class folders.
 * @throws InputError for an archive without archives in it, one that is incomplete or damaged, or a class without images
 */
export function trainArchiveImages(path: string, options: IndexOptions): Promise<ImageSource> {
  const { name, classes, onProgress } = options;
  return listing(async (files) => {
    const all = await classArchives(files, path);
    const numbering = classes ?? all.map(({ className }) => className);
    const labels = new Map(numbering.map((className, label) => [className, label]));
    const archives = all.filter(({ className }) => labels.has(className));
    let done = 0;
    let images = 0;
    const index = async ({ className, archive }: ClassArchive) => {
      const entries = await imagesOf(files, path, archive);
      images += entries.length;
      done += 1;
      onProgress?.({ type: 'index', source: name, images, done, total: archives.length });
      const partLabels = new Int32Array(entries.length).fill(labels.get(className)!);
      return tarPart(files, path, `${archive.name}/`, entries, partLabels);
    };
    const parts = await pMap(archives, index, { concurrency: listedAtOnce });
    return tarSource(files, name, numbering, parts);
  });
}

/** The classes of ILSVRC2012_img_train.tar, sorted. */
export function trainArchiveClasses(path: string): Promise<string[]> {
  return listing(async (files) => (await classArchives(files, path)).map(({ className }) => className));
}

interface ClassArchive {
  readonly className: string;
  readonly archive: TarEntry;
}

async function classArchives(files: OpenFiles, path: string): Promise<ClassArchive[]> {
  const archives: ClassArchive[] = [];
  for await (const archive of tarEntries(files, path)) {
    const base = posix.basename(archive.name);
    if (base.endsWith('.tar') && !base.startsWith('.')) {
      archives.push({ className: base.slice(0, -'.tar'.length), archive });
    }
  }
  if (archives.length === 0) {
    throw new InputError(
      `${path} holds no archives; ImageNet's training images are a tar of one tar for each class`,
    );
  }
  archives.sort((a, b) => (a.className < b.className ? -1 : 1));
  requireDistinct(
    archives.map(({ className }) => className),
    path,
  );
  return archives;
}

async function imagesOf(files: OpenFiles, path: string, archive: TarEntry): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const entry of tarEntries(files, path, archive)) {
    if (isImageName(posix.basename(entry.name))) entries.push(entry);
  }
  if (entries.length === 0) throw new InputError(`${path}: ${archive.name} has no JPEG, PNG or WebP images`);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * ImageNet's validation images where they are published, in ILSVRC2012_img_val.tar; class by class, each class's by name.
 * @throws InputError for an archive without images, one that is incomplete or damaged, or an image without a label
 */
export function validationArchiveImages(
  path: string,
  validation: ValidationLabels,
  { name, classes = validation.classes, onProgress }: IndexOptions,
): Promise<ImageSource> {
  return listing(async (files) => {
    const total = await files.sizeOf(path);
    const found: TarEntry[] = [];
    const report = (done: number) =>
      onProgress?.({ type: 'index', source: name, images: found.length, done, total });
    for await (const entry of tarEntries(files, path)) {
      if (!isImageName(posix.basename(entry.name))) continue;
      found.push(entry);
      if (found.length % reportEvery === 0) report(entry.offset);
    }
    if (found.length === 0) throw new InputError(`${path} has no JPEG, PNG or WebP images`);
    report(total);
    const { entries, labels } = labelValidation(found, validation, classes);
    return tarSource(files, name, classes, [tarPart(files, path, '', entries, labels)]);
  });
}
