import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import type { IndexProgress } from '../progress.js';
import { chooseClasses } from './class-list.js';
import { type FoundPart, findPart, layouts, type PartName } from './imagenet-layout.js';
import { readSynsetWords } from './synset-words.js';

/** Which of ImageNet's images {@link openImageNet} lists. */
export interface ImageNetOptions {
  /** Synsets of a subset, such as `imagenette` or those of `readClassList`; by default all. */
  readonly classes?: readonly string[];
  /** Lists the images of this part alone; by default of both. */
  readonly only?: PartName;
  /** Called while folders or archives are gone through. */
  readonly onProgress?: (event: IndexProgress) => void;
}

/** ImageNet as it lies in a folder. */
export interface ImageNet {
  /** What was found where, a line for each part. */
  readonly found: string;
  /** What each synset means; undefined where Kaggle's LOC_synset_mapping.txt does not lie beside the images. */
  readonly words: ReadonlyMap<string, string> | undefined;
  /** @throws InputError where the training images are missing, or were left out by `only` */
  readonly train: ImageSource;
  /** @throws InputError where the validation images are missing, or were left out by `only` */
  readonly val: ImageSource;
}

type Parts<Of> = Partial<Record<PartName, Of>>;

const both: readonly PartName[] = ['train', 'val'];

/**
 * Lists ImageNet's images where they lie, without reading them: in class folders (as torchvision wants them, or in
 * Kaggle's tree), in the published archives ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar as they are, or in
 * WebDataset's shards `*train*.tar` and `*val*.tar`, whose numbers a `classes.txt` beside them names. Validation images
 * without class folders need TensorFlow's `imagenet_2012_validation_synset_labels.txt` or Kaggle's `LOC_val_solution.csv`.
 *
 * Labels number the training images' classes, sorted, as torchvision and published models do (shards: in the order of
 * `classes.txt`). From folders and published archives, images come in the order of torchvision's ImageFolder.
 *
 * Nothing is written, and nothing outside the folder is read unless `path`, or the train, val, archive or list in it, is
 * itself a symbolic link.
 * @throws InputError where neither part is found, saying what is looked for, and naming what is damaged, incomplete,
 *   without a label, or of a class that is not there
 */
export async function openImageNet(path: string, options: ImageNetOptions = {}): Promise<ImageNet> {
  const { only, classes: chosen, onProgress } = options;
  const found: Parts<FoundPart> = {};
  // The training images tell the classes, whichever part is wanted.
  for (const part of only === 'train' ? [only] : both) {
    const here = await findPart(path, part);
    if (here) found[part] = here;
  }
  const wanted = both.filter((part) => found[part] && (only ?? part) === part);
  if (wanted.length === 0) throw missing(path, only ? [only] : both);
  const classes = await numberedClasses(path, found, wanted, chosen);
  const sources: Parts<ImageSource> = {};
  const lines: string[] = [];
  for (const part of wanted) {
    const name = `${basename(resolve(path))} ${part}${chosen ? ` (classes: ${chosen.length})` : ''}`;
    const source = await found[part]!.open({ name, classes: classes ?? sources.train?.classes, onProgress });
    sources[part] = source;
    lines.push(
      `${part}: ${source.length} images of ${source.classes.length} classes, ${found[part]!.description}`,
    );
  }
  const mapping = join(path, 'LOC_synset_mapping.txt');
  const words = existsSync(mapping) ? await readSynsetWords(mapping) : undefined;
  const opened = (part: PartName): ImageSource => {
    const source = sources[part];
    if (source) return source;
    if (!only) throw missing(path, [part]);
    throw new InputError(`Only ${only} of ${path} was opened; open it without only to have ${part}`);
  };
  return {
    found: lines.join('\n'),
    words,
    get train() {
      return opened('train');
    },
    get val() {
      return opened('val');
    },
  };
}

/**
 * The classes that labels number: those of the training images if there are any, of which `chosen` makes a subset.
 * Undefined where classes are numbers.
 */
async function numberedClasses(
  path: string,
  found: Parts<FoundPart>,
  wanted: readonly PartName[],
  chosen: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const { train, val } = found;
  const all = await (train ?? val)!.classes();
  const inVal = train && val && wanted.includes('val') ? await val.classes() : all;
  if ((chosen && !all) || Boolean(all) !== Boolean(inVal)) {
    throw new InputError(
      `The shards in ${path} number their classes; put a classes.txt there with the synset of each number, one a line`,
    );
  }
  if (chosen) return chooseClasses(all!, chosen, path);
  const known = new Set(all);
  const stray = inVal?.find((name) => !known.has(name));
  if (stray === undefined) return all;
  throw new InputError(
    `The validation images of ${path} are of ${inVal!.length} classes, and ${stray} is none of the ${all!.length} of the ` +
      'training images; give the classes of the subset as classes',
  );
}

function missing(path: string, parts: readonly PartName[]): InputError {
  const words = { train: 'training', val: 'validation' };
  return new InputError(
    `${path} has no ${parts.map((part) => words[part]).join(' or ')} images; looked for ` +
      `${parts.map((part) => layouts[part]).join('; and for ')}. A folder of classes that is not split is read by imageFolder`,
  );
}
