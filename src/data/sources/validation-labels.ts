import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { InputError } from '../../errors.js';
import { readText } from './class-list.js';

/** The classes of ImageNet's validation images, which do not say them in their names. */
export interface ValidationLabels {
  /** Synsets that occur, sorted. */
  readonly classes: readonly string[];
  /** @throws InputError for a name that is none of a validation image, or one that the list lacks */
  classOf(imageName: string): string;
}

/** Labels the images whose class is one of `classes`, and puts them class by class, each class's by name. */
export function labelValidation<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  validation: ValidationLabels,
  classes: readonly string[],
): { readonly entries: readonly Entry[]; readonly labels: Int32Array } {
  const numbers = new Map(classes.map((name, label) => [name, label]));
  const images = entries.flatMap((entry) => {
    const label = numbers.get(validation.classOf(posix.basename(entry.name)));
    return label === undefined ? [] : [{ entry, label }];
  });
  images.sort((a, b) => a.label - b.label || (a.entry.name < b.entry.name ? -1 : 1));
  return {
    entries: images.map(({ entry }) => entry),
    labels: Int32Array.from(images, ({ label }) => label),
  };
}

const tensorflowList = 'imagenet_2012_validation_synset_labels.txt';
const kaggleList = 'LOC_val_solution.csv';

/**
 * Reads the classes of ILSVRC2012_val_00000001.JPEG and on from the first of these in the folders: TensorFlow's
 * `imagenet_2012_validation_synset_labels.txt`, with the synset of image i in line i, or Kaggle's `LOC_val_solution.csv`,
 * with lines such as `ILSVRC2012_val_00048981,n03995372 85 1 499 272`.
 * @throws InputError where there is neither, or naming the line that is no label
 */
export async function readValidationLabels(folders: readonly string[]): Promise<ValidationLabels> {
  const places = folders.flatMap((folder) => [join(folder, tensorflowList), join(folder, kaggleList)]);
  const path = places.find((place) => existsSync(place));
  if (path === undefined) {
    throw new InputError(
      `The validation images of ${folders[0]} lie without class folders, so their labels are needed: put ` +
        `TensorFlow's ${tensorflowList} or Kaggle's ${kaggleList} into ${folders[0]}. (The development kit's numbers do ` +
        'not do: they count the classes in an order that only its meta.mat tells.)',
    );
  }
  const lines = (await readText(path)).trimEnd().split(/\r?\n/);
  const synsets = path.endsWith(kaggleList) ? fromKaggle(lines, path) : fromTensorflow(lines, path);
  return {
    classes: [...new Set(synsets.values())].sort(),
    classOf: (imageName) => {
      const number = /^ILSVRC2012_val_(\d{8})\.JPEG$/i.exec(imageName)?.[1];
      const synset = synsets.get(Number(number));
      if (synset !== undefined) return synset;
      throw new InputError(
        number === undefined
          ? `${imageName} is not named as a validation image, ILSVRC2012_val_00000001.JPEG to _00050000.JPEG; move it elsewhere`
          : `${path} has no label for ${imageName}; put the whole list there`,
      );
    },
  };
}

function fromTensorflow(lines: readonly string[], path: string): Map<number, string> {
  return new Map(
    lines.map((line, index) => {
      if (!/^n\d{8}\s*$/.test(line)) throw wrongLine(path, index + 1, line, 'n01440764');
      return [index + 1, line.trim()];
    }),
  );
}

function fromKaggle(lines: readonly string[], path: string): Map<number, string> {
  const synsets = new Map<number, string>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 && line.startsWith('ImageId,')) continue;
    const [, number, synset] = /^ILSVRC2012_val_(\d{8}),(n\d{8})\b/.exec(line) ?? [];
    if (synset === undefined)
      throw wrongLine(path, index + 1, line, 'ILSVRC2012_val_00048981,n03995372 85 1 499 272');
    synsets.set(Number(number), synset);
  }
  return synsets;
}

function wrongLine(path: string, line: number, found: string, example: string): InputError {
  return new InputError(
    `Line ${line} of ${path} is '${found.slice(0, 60)}'; it should read like '${example}'`,
  );
}
