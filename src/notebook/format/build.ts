import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../errors.js';
import { type Notebook, read, serialise, write } from './notebook.js';
import { fromSource, keepOutputs } from './source.js';

/** Whether {@link build} writes, or only looks. */
export interface BuildOptions {
  /** Only report which notebooks do not match their source. Default: false. */
  readonly check?: boolean;
}

/**
 * Makes NAME.ipynb from each NAME.ts of a folder; outputs of cells that did not change are kept.
 *
 * @returns Paths of the notebooks that were written, or with `check` would have been
 * @throws InputError when the folder cannot be read or a source is not in the percent format
 */
export async function build(folder: string, options: BuildOptions = {}): Promise<string[]> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new InputError(`cannot read the notebook folder ${folder}: ${error.message}`);
  });
  const changed: string[] = [];
  for (const name of names.filter((file) => file.endsWith('.ts')).sort()) {
    const path = join(folder, name.replace(/\.ts$/, '.ipynb'));
    const previous = existsSync(path) ? await read(path) : undefined;
    const notebook = await regenerate(join(folder, name), previous);
    if (previous !== undefined && serialise(previous) === serialise(notebook)) continue;
    if (!options.check) await write(path, notebook);
    changed.push(path);
  }
  return changed;
}

async function regenerate(source: string, previous: Notebook | undefined): Promise<Notebook> {
  try {
    const fresh = fromSource(await readFile(source, 'utf8'));
    return previous === undefined ? fresh : keepOutputs(fresh, previous);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${source}, ${error.message}`) : error;
  }
}
