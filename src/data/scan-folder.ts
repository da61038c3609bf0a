import { type Dirent, existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { InputError } from '../errors.js';

/** Image files of a folder and the classes their subfolders name. */
export interface FolderListing {
  readonly classes: readonly string[];
  /** Class by class, each class's files by name. */
  readonly files: readonly { readonly path: string; readonly label: number }[];
}

/** Whether a file of this name is a JPEG, PNG or WebP image, and none of those that a system hides. */
export function isImageName(name: string): boolean {
  return /\.(jpe?g|png|webp)$/i.test(name) && !name.startsWith('.');
}

/**
 * Lists `path/CLASS/file`. Names that begin with a dot and files that are no JPEG, PNG or WebP are passed over.
 * @param knownClasses - the classes to number by; by default the subfolders' names, sorted
 * @throws InputError for a missing folder, one without class folders, a class folder without images or of another class
 */
export async function scanFolder(path: string, knownClasses?: readonly string[]): Promise<FolderListing> {
  const folders = await classFolders(path);
  const classes = knownClasses ?? folders;
  const files = [];
  for (const folder of folders) {
    const label = classes.indexOf(folder);
    if (label === -1) {
      throw new InputError(
        `${join(path, folder)} is a class of its own; the classes are ${classes.join(', ')}`,
      );
    }
    for (const name of await classImages(join(path, folder))) {
      files.push({ path: join(path, folder, name), label });
    }
  }
  return { classes, files };
}

/**
 * Names of the folders in a folder, sorted.
 * @param within - the folder that symbolic links may not leave; by default they lead anywhere
 * @throws InputError for a missing folder, one without folders in it, or a link that leaves `within`
 */
export async function classFolders(path: string, within?: string): Promise<string[]> {
  if (!existsSync(path)) throw new InputError(`There is no folder ${path}`);
  const folders = await namesOf(path, 'directory', within);
  if (folders.length > 0) return folders;
  throw new InputError(
    `${path} has no class folders; images should lie in ${join(path, 'CLASS', 'FILE.jpg')}`,
  );
}

/**
 * Names of the images in a class folder, sorted.
 * @param within - the folder that symbolic links may not leave; by default they lead anywhere
 * @throws InputError where there are none, or for a link that leaves `within`
 */
export async function classImages(folder: string, within?: string): Promise<string[]> {
  const names = await namesOf(folder, 'file', within);
  if (names.length > 0) return names;
  throw new InputError(`The class folder ${folder} has no JPEG, PNG or WebP images; fill or remove it`);
}

async function namesOf(path: string, kind: 'file' | 'directory', within?: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: Error) => {
    throw new InputError(`Could not read the folder ${path}: ${error.message}`, { cause: error });
  });
  const names = [];
  for (const entry of entries) {
    const isCandidate = kind === 'file' ? isImageName(entry.name) : !entry.name.startsWith('.');
    if (isCandidate && (await isOfKind(entry, path, kind, within))) names.push(entry.name);
  }
  // By code units, so that the order is the same in every locale.
  return names.sort();
}

async function isOfKind(entry: Dirent, path: string, kind: 'file' | 'directory', within?: string) {
  if (!entry.isSymbolicLink()) return kind === 'file' ? entry.isFile() : entry.isDirectory();
  const link = join(path, entry.name);
  if (within !== undefined) await requireWithin(link, within);
  const target = await stat(link).catch(() => entry);
  return kind === 'file' ? target.isFile() : target.isDirectory();
}

async function requireWithin(link: string, within: string): Promise<void> {
  const folder = await realpath(within);
  const target = await realpath(link).catch((error: Error) => {
    throw new InputError(`The symbolic link ${link} leads nowhere: ${error.message}; remove it`, {
      cause: error,
    });
  });
  if (target === folder || target.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return;
  throw new InputError(
    `The symbolic link ${link} leads to ${target}, out of ${folder}; put the files themselves there, or remove it`,
  );
}
