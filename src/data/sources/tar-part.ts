import { InputError } from '../../errors.js';
import type { ImagePart } from './image-parts.js';
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
  const large = entries.find(({ size }) => size > mostBytes);
  if (large)
    throw new InputError(`${path}: ${folder}${large.name} has ${large.size} bytes, too many for an image`);
  const twice = entries.find(({ name }, index) => name === entries[index - 1]?.name);
  if (twice)
    throw new InputError(`${path} has ${folder}${twice.name} twice; write it anew with each image once`);
  const names = new NameList(entries.map(({ name }) => name));
  const offsets = Float64Array.from(entries, ({ offset }) => offset);
  const sizes = Uint32Array.from(entries, ({ size }) => size);
  return {
    labels,
    locationOf: (index) => `${path}: ${folder}${names.at(index)}`,
    read: (index) => files.read(path, offsets[index]!, sizes[index]!),
  };
}
