/** TensorFlow's library and C headers as they lie in PyPI's wheel. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../errors.js';
import type { Source } from './plan.js';
import { output, pythonOf, run } from './programs.js';

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

/** Where a C++ compiler and linker find TensorFlow. */
export interface TensorflowFiles {
  /** Holds the libraries. */
  readonly folder: string;
  readonly libraries: readonly string[];
  readonly headers: string;
}

/** @throws InputError where there is no Python that can make virtual environments */
export function requirePython(): void {
  if (output('python3', ['-c', 'import venv, ensurepip']) !== undefined) return;
  throw new InputError(
    "Building against PyPI's TensorFlow takes a Python with its venv module, and `python3` is not one: install Python " +
      '3.10 to 3.13 (on Debian and Ubuntu: `apt-get install python3 python3-venv`).',
  );
}

/**
 * Makes the virtual environment, where it is not there yet, and installs the wheel in it.
 * @throws InputError where Python or pip fail
 */
export async function installWheel(
  environment: string,
  { requirement, dependencies }: Extract<Source, { kind: 'wheel' }>,
): Promise<void> {
  if (!(await run('python3', ['-m', 'venv', environment]))) {
    throw new InputError(
      `No virtual environment could be made in ${environment}; what Python said stands above.`,
    );
  }
  const args = ['-m', 'pip', 'install', ...(dependencies ? [] : ['--no-deps']), requirement];
  if (await run(pythonOf(resolve(environment)), args)) return;
  throw new InputError(
    `pip could not install ${requirement}; what it said stands above. It needs PyPI and Python 3.10 to 3.13. With ` +
      'another Python, make a virtual environment that has tensorflow and give its folder as --environment.',
  );
}

/** @throws InputError where the environment has no Python, no TensorFlow, or one without libraries or headers */
export function findTensorflow(environment: string): TensorflowFiles {
  const python = pythonOf(resolve(environment));
  const script = 'from importlib.util import find_spec; print(find_spec("tensorflow").origin)';
  if (output(python, ['--version']) === undefined) {
    throw new InputError(`${environment} is no virtual environment: ${python} does not run.`);
  }
  const origin = output(python, ['-c', script]);
  if (origin === undefined) {
    throw new InputError(
      `${environment} has no TensorFlow: run \`${python} -m pip install tensorflow\` (or tensorflow-cpu).`,
    );
  }
  const folder = dirname(origin);
  const headers = join(folder, 'include');
  const needed = [
    ...libraries.map((name) => join(folder, name)),
    join(headers, 'tensorflow', 'c', 'c_api.h'),
  ];
  const missing = needed.find((path) => !existsSync(path));
  if (missing === undefined) return { folder, libraries, headers };
  throw new InputError(`The TensorFlow in ${environment} cannot be linked with: ${missing} is missing.`);
}
