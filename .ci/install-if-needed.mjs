// Lets `npm start` and `npm test` work in a fresh clone: installs when node_modules is missing or older than the lock file.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing packages from the npm registry (npm ci) ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: true,
  });
  if (status !== 0) {
    console.error(
      'npm ci failed: check that the npm registry is reachable, then run the same command again.',
    );
    process.exit(status ?? 1);
  }
}
