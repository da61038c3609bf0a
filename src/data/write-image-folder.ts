import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import sharp from 'sharp';
import { InputError, Interrupted } from '../errors.js';
import type { Dataset } from './dataset.js';
import { readImages } from './read-images.js';

/** Who is told how far {@link writeImageFolder} is. */
export interface WriteImageFolderOptions {
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Images read at a time. */
const block = 64;

/**
 * Writes the images of a data set as PNG files, `path/CLASS/INDEX.png`, where `imageFolder` and `load` read them, other
 * programs too. Files of the same names are replaced.
 * @throws InputError for images that have neither 1 nor 3 channels, for class names that are no names of folders, and where a
 *   file cannot be written
 */
export async function writeImageFolder(
  path: string,
  dataset: Dataset,
  { onProgress }: WriteImageFolderOptions = {},
): Promise<void> {
  const [height, width, channels] = dataset.shape;
  if (channels !== 1 && channels !== 3) {
    throw new InputError(`PNG files have 1 or 3 channels; the images of ${dataset.name} have ${channels}.`);
  }
  const stray = dataset.classes.find((name) => name === '' || /^\.|[/\\]/.test(name));
  if (stray !== undefined) throw new InputError(`The class "${stray}" cannot be the name of a folder.`);
  const digits = String(dataset.length - 1).length;
  const fileOf = (index: number) =>
    join(path, dataset.classes[dataset.labels[index]!]!, `${String(index).padStart(digits, '0')}.png`);
  let done = 0;
  try {
    for (let start = 0; start < dataset.length; start += block) {
      const length = Math.min(block, dataset.length - start);
      const indices = Array.from({ length }, (_, i) => start + i);
      const pixels = await readImages(dataset, indices);
      await pMap(
        indices,
        async (index, i) => {
          const image = pixels.subarray(i * height * width * channels, (i + 1) * height * width * channels);
          await mkdir(dirname(fileOf(index)), { recursive: true });
          await sharp(image, { raw: { width, height, channels } }).png().toFile(fileOf(index));
          done += 1;
          onProgress?.(done, dataset.length);
        },
        { concurrency: 8 },
      );
    }
  } catch (error) {
    if (error instanceof InputError || error instanceof Interrupted) throw error;
    throw new InputError(`The images cannot be written to ${path}: ${(error as Error).message}.`);
  }
}
