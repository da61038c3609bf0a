/** PyTorch in a virtual environment of its own, bench/.venv, which its first use makes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const release = 'torch==2.13.0';
const environment = fileURLToPath(new URL('.venv/', import.meta.url));

/** The environment's interpreter. */
export const python = `${environment}${process.platform === 'win32' ? 'Scripts\\python.exe' : 'bin/python'}`;

/** Why PyTorch cannot be had here; undefined if it can. */
export function pytorchFailure(): string | undefined {
  if (hasTorch()) return undefined;
  console.error(`Installing ${release} into bench/.venv ...`);
  return existsSync(python) || succeeds('python3', ['-m', 'venv', environment])
    ? installationFailure()
    : 'python3 with its module venv is needed';
}

/**
 * On Linux the build for CPUs, which PyTorch's own index has; the registry's build for Linux brings gigabytes of CUDA
 * libraries, so taking that is left to the reader.
 */
function installationFailure(): string | undefined {
  const install = ['-m', 'pip', 'install', '-qq', '--retries', '1'];
  const build =
    process.platform === 'linux'
      ? [`${release}+cpu`, '--extra-index-url', 'https://download.pytorch.org/whl/cpu']
      : [release];
  if (succeeds(python, [...install, ...build]) && hasTorch()) return undefined;
  return `pip could not install ${build[0]}. Try \`${python} -m pip install ${release}\`, with CUDA on Linux`;
}

function hasTorch(): boolean {
  return existsSync(python) && succeeds(python, ['-W', 'ignore', '-c', 'import torch']);
}

function succeeds(command: string, parameters: readonly string[]): boolean {
  return spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
