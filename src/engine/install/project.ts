import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of dcl-lab's package.json, from `src/engine/install` as from `dist/engine/install`. */
const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The folder in whose `node_modules` a package must lie for dcl-lab to find it: that of the project which has dcl-lab
 * in its `node_modules`, else dcl-lab's own.
 */
export function projectFolder(installation: string = packageFolder): string {
  const folders = resolve(installation).split(sep);
  const modules = folders.indexOf('node_modules');
  return folders.slice(0, modules === -1 ? undefined : modules).join(sep);
}
