import { type Dirent, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';

/** Image files of a folder and the classes their subfolders name. */
export interface FolderListing {
  readonly classes: readonly string[];
  /** Class by class, each class's files by name. */
  readonly files: readonly { readonly path: string; readonly label: number }[];
}

const imageName = /\.(jpe?g|png|webp)$/i;

/**
 * Lists `path/CLASS/file`. Names that begin with a dot and files that are no JPEG, PNG or WebP are passed over.
 * @param knownClasses - the classes to number by; by default the subfolders' names, sorted
 * @throws InputError for a missing folder, one without class folders, a class folder without images or of another class
 */
export async function scanFolder(path: string, knownClasses?: readonly string[]): Promise<FolderListing> {
  if (!existsSync(path)) throw new InputError(`There is no folder ${path}`);
  const folders = await namesOf(path, 'directory');
  if (folders.length === 0) {
    throw new InputError(
      `${path} has no class folders; images should lie in ${join(path, 'CLASS', 'FILE.jpg')}`,
    );
  }
  const classes = knownClasses ?? folders;
  const files = [];
  for (const folder of folders) {
    const label = classes.indexOf(folder);
    if (label === -1) {
      throw new InputError(
        `${join(path, folder)} is a class of its own; the classes are ${classes.join(', ')}`,
      );
    }
    const names = (await namesOf(join(path, folder), 'file')).filter((name) => imageName.test(name));
    if (names.length === 0) {
      throw new InputError(
        `The class folder ${join(path, folder)} has no JPEG, PNG or WebP images; fill or remove it`,
      );
    }
    for (const name of names) files.push({ path: join(path, folder, name), label });
  }
  return { classes, files };
}

async function namesOf(path: string, kind: 'file' | 'directory'): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
    throw new InputError(`Could not read the folder ${path}: ${error.message}`, { cause: error });
  });
  const names = [];
  for (const entry of entries) {
    if (!entry.name.startsWith('.') && (await isOfKind(entry, path, kind))) names.push(entry.name);
  }
  // By code units, so that the order is the same in every locale.
  return names.sort();
}

async function isOfKind(entry: Dirent, path: string, kind: 'file' | 'directory'): Promise<boolean> {
  const target = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => entry) : entry;
  return kind === 'file' ? target.isFile() : target.isDirectory();
}
