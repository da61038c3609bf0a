import { InputError } from '../../errors.js';
import type { ImageSource } from '../image-source.js';
import { type ImagePart, imageParts } from './image-parts.js';
import { NameList } from './name-list.js';
import type { OpenFiles } from './open-files.js';
import type { TarEntry } from './tar-entries.js';

/** Above what any image takes, so that a damaged or hostile archive cannot ask for more memory than there is. */
const mostBytes = 2 ** 30;

/**
 * Images of one archive as they are kept in memory, some 36 bytes for each.
 * @param folder - what messages put before the names, such as `n01440764.tar/`
 * @param entries - those of one name next to each other
 * @throws InputError for an image above 1 GiB, or a name that is there twice
 */
export function tarPart(
  files: OpenFiles,
  path: string,
  folder: string,
  entries: readonly TarEntry[],
  labels: Int32Array,
): ImagePart {
  requireImages(entries, `${path}: ${folder}`);
  const names = new NameList(entries.map(({ name }) => name));
  const offsets = Float64Array.from(entries, ({ offset }) => offset);
  const sizes = Uint32Array.from(entries, ({ size }) => size);
  return {
    labels,
    locationOf: (index) => `${path}: ${folder}${names.at(index)}`,
    read: (index) => files.read(path, offsets[index]!, sizes[index]!),
  };
}

/** The images of the parts, all read through `files`, as one source. */
export function tarSource(
  files: OpenFiles,
  name: string,
  classes: readonly string[],
  parts: readonly ImagePart[],
): ImageSource {
  return imageParts({ name, classes, parts, close: () => files.close() });
}

/** Apart from what reads images, whose functions would keep the entries in memory with them. */
function requireImages(entries: readonly TarEntry[], place: string): void {
  const large = entries.find(({ size }) => size > mostBytes);
  if (large) throw new InputError(`${place}${large.name} has ${large.size} bytes, too many for an image`);
  const twice = entries.find(({ name }, index) => name === entries[index - 1]?.name);
  if (twice) {
    throw new InputError(`${place}${twice.name} is there twice; write the archive anew with each image once`);
  }
}
