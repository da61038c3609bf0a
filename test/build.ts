import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds before the tests: kernels and commands run from `dist`, as a user's do. */
export default function build(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'src'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The tests need a build, and src does not compile.');
}
