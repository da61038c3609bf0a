import { InputError } from '../../errors.js';
import { runInShell } from './programs.js';

/**
 * Installs npm packages beside those of a project without changing its package.json and package-lock.json, and
 * without running their install scripts, which npm 11 denies unless the project allows them.
 * @throws InputError where npm fails
 */
export async function installPackages(project: string, packages: readonly string[]): Promise<void> {
  // --save-prod: a package that the project has as an optional peer is left out without it.
  const command = `npm install --no-save --save-prod --ignore-scripts --no-audit --no-fund ${packages.join(' ')}`;
  if (await runInShell(command, { folder: project })) return;
  throw new InputError(
    `npm could not install ${packages.join(' and ')} in ${project}; its words stand above.`,
  );
}
