import { readFile } from 'node:fs/promises';
import { InputError } from '../../errors.js';

/** Imagenette's ten classes (https://github.com/fastai/imagenette), from tench to parachute. */
export const imagenette: readonly string[] = [
  'n01440764',
  'n02102040',
  'n02979186',
  'n03000684',
  'n03028079',
  'n03394916',
  'n03417042',
  'n03425413',
  'n03445777',
  'n03888257',
];

/**
 * Reads a list of classes, one a line, such as ImageNet-100's `imagenet100.txt` of https://github.com/HobbitLong/CMC.
 * Blank lines, and what follows a `#` at the beginning of a line or after a space, are passed over.
 * @throws InputError for a file that cannot be read, names no class, or names one twice
 */
export async function readClassList(path: string): Promise<string[]> {
  const text = await readText(path);
  const classes = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean);
  if (classes.length === 0) throw new InputError(`${path} names no class; write one a line`);
  requireDistinct(classes, path);
  return classes;
}

/** The file's text without the mark that some editors put before it. @throws InputError where it cannot be read */
export async function readText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new InputError(`Could not read ${path}: ${error.message}`, { cause: error });
  });
  return text.replace(/^\uFEFF/, '');
}

/**
 * Those classes of `available` that a list names, in the order of `available`.
 * @throws InputError naming a class of the list that is not available, or is there twice, and for an empty list
 */
export function chooseClasses(
  available: readonly string[],
  chosen: readonly string[],
  place: string,
): readonly string[] {
  if (chosen.length === 0)
    throw new InputError(`The list of classes for ${place} is empty; name at least one`);
  requireDistinct(chosen, 'The list of classes');
  const known = new Set(available);
  const stray = chosen.find((name) => !known.has(name));
  if (stray !== undefined) {
    const some = available.slice(0, 3).join(', ');
    throw new InputError(
      `${place} has no class ${stray}; it has ${available.length} classes, such as ${some}`,
    );
  }
  const wanted = new Set(chosen);
  return available.filter((name) => wanted.has(name));
}

/** @throws InputError naming what is there twice */
export function requireDistinct(classes: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const name of classes) {
    if (seen.has(name)) throw new InputError(`${place} has the class ${name} twice`);
    seen.add(name);
  }
}
