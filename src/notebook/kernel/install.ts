import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import { kernelSpec } from '../format/metadata.js';
import { logo } from './logo.js';
import { jupyterSpec } from './spec.js';

/** Whose Jupyter is to know the kernel. */
export interface KernelInstallOptions {
  /** Where a Python environment lies: the kernel is for its Jupyter alone. By default it is for all of this user's. */
  readonly prefix?: string;
}

/**
 * Makes the kernel known to Jupyter by a kernel spec, or replaces an earlier one. It names this Node and this
 * installation of dcl-lab by their paths: after moving either, install it again.
 *
 * @returns The folder of the kernel spec
 * @throws InputError when the folder cannot be written
 */
export async function installKernel(options: KernelInstallOptions = {}): Promise<string> {
  const folder = specFolder(options);
  try {
    await mkdir(folder, { recursive: true });
    await writeDurably(join(folder, 'kernel.json'), `${JSON.stringify(jupyterSpec(), null, 2)}\n`);
    await writeDurably(join(folder, 'logo-svg.svg'), logo);
  } catch (error) {
    throw new InputError(`The kernel cannot be installed in ${folder}: ${(error as Error).message}.`);
  }
  return folder;
}

/**
 * Takes the kernel spec away again.
 * @returns The folder that was removed
 * @throws InputError when there is none or it cannot be removed
 */
export async function uninstallKernel(options: KernelInstallOptions = {}): Promise<string> {
  const folder = specFolder(options);
  await rm(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `There is no kernel in ${folder}; give the prefix that it was installed with.`
        : `The kernel in ${folder} cannot be removed: ${error.message}.`,
    );
  });
  return folder;
}

function specFolder({ prefix }: KernelInstallOptions): string {
  const data = prefix === undefined ? userData() : join(resolve(prefix), 'share', 'jupyter');
  return join(data, 'kernels', kernelSpec.name);
}

/** Where Jupyter keeps a user's data, by its own rules (jupyter_core.paths.jupyter_data_dir). */
function userData(): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(APPDATA || join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}
