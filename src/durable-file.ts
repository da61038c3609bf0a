/**
 * Files that are whole or not there, also after a crash, a power cut or on a full disk. The package write-file-atomic
 * (7.0.1) takes a write that the disk cut short for a whole one, and renames it over the good file.
 */
import { randomInt } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts the data in the file's place in one step: whenever it fails or is cut off, what was there before is untouched. Once
 * it has resolved the data are on the disk. A crash may leave a file with the name and a dot and a number after it.
 * @param mode - permissions of the file; those that it has, or the system's own for a new one, by default
 */
export async function writeDurably(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const permissions = mode ?? (await stat(target).catch(() => undefined))?.mode;
  const temporary = `${target}.${randomInt(2 ** 47)}`;
  try {
    const file = await open(temporary, 'wx', permissions);
    try {
      await file.writeFile(data);
      await setPermissions(file, permissions);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Gives the file the permissions that the process's mask took from it; a disk that keeps none is not asked to. */
async function setPermissions(file: FileHandle, permissions: number | undefined): Promise<void> {
  if (permissions === undefined) return;
  const differing = ((await file.stat()).mode ^ permissions) & 0o777;
  if (differing !== 0) await file.chmod(permissions & 0o777);
}

/** Makes the names in a folder last through a power cut, where the system can: Windows and some network disks cannot. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  } finally {
    await folder.close();
  }
}
