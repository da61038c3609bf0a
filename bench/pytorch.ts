/** PyTorch in a virtual environment of its own, bench/.venv, which its first use makes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Releases that go together. */
const releases = { torch: '2.13.0', torchvision: '0.28.0' } as const;

type Package = keyof typeof releases;

const environment = fileURLToPath(new URL('.venv/', import.meta.url));

/** The environment's interpreter, or that which the environment variable DCL_PYTHON names. */
export const python =
  process.env.DCL_PYTHON ??
  `${environment}${process.platform === 'win32' ? 'Scripts\\python.exe' : 'bin/python'}`;

/** Why PyTorch cannot be had here, torchvision with it if that is named; undefined if it can. */
export function pytorchFailure(...more: readonly Package[]): string | undefined {
  const packages: readonly Package[] = ['torch', ...more];
  if (has(packages)) return undefined;
  console.error(`Installing ${packages.map(versioned).join(' and ')} into bench/.venv ...`);
  return existsSync(python) || succeeds('python3', ['-m', 'venv', environment])
    ? installationFailure(packages)
    : 'python3 with its module venv is needed';
}

/**
 * On Linux the build for CPUs, which PyTorch's own index has; the registry's build for Linux brings gigabytes of CUDA
 * libraries, so taking that is left to the reader.
 */
function installationFailure(packages: readonly Package[]): string | undefined {
  const install = ['-m', 'pip', 'install', '-qq', '--retries', '1'];
  const releases = packages.map(versioned);
  const builds = process.platform === 'linux' ? releases.map((release) => `${release}+cpu`) : releases;
  const index =
    process.platform === 'linux' ? ['--extra-index-url', 'https://download.pytorch.org/whl/cpu'] : [];
  if (succeeds(python, [...install, ...builds, ...index]) && has(packages)) return undefined;
  return `pip could not install ${builds.join(' and ')}. Try \`${python} -m pip install ${releases.join(' ')}\`, with CUDA on Linux`;
}

function versioned(name: Package): string {
  return `${name}==${releases[name]}`;
}

function has(packages: readonly Package[]): boolean {
  return existsSync(python) && succeeds(python, ['-W', 'ignore', '-c', `import ${packages.join(', ')}`]);
}

function succeeds(command: string, parameters: readonly string[]): boolean {
  return spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
