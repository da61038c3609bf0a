import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../../engine/install/programs.js';
import { InputError } from '../../errors.js';
import { installKernel } from '../kernel/install.js';
import { environmentJupyter } from './environment.js';
import { activeJupyter, type Jupyter } from './jupyter.js';

/** Which notebooks, and in which JupyterLab. */
export interface LabOptions {
  /** Folder of notebooks that JupyterLab shows; `notebooks` by default. */
  readonly folder?: string;
  /** A virtual environment to use, or to make where there is none, instead of looking for a Jupyter. */
  readonly environment?: string;
  /** Options of JupyterLab, such as `['--port', '8899']`. */
  readonly jupyterOptions?: readonly string[];
  /** Is told what is done before JupyterLab starts, a line at a time. */
  readonly onStep?: (line: string) => void;
}

/** The notebooks that come with dcl-lab: their saved outputs were made by it. */
const ownNotebooks = fileURLToPath(new URL('../../../notebooks', import.meta.url));

/**
 * Starts JupyterLab with the kernel `DCL Lab (TypeScript)` and waits for its end: the JupyterLab (4 or newer) of the
 * active environment or on PATH, else one in the virtual environment `.venv`, which is made with a pinned JupyterLab from
 * PyPI where it is not there. A Jupyter of the user's is told of the kernel by JUPYTER_PATH, and is left as it is.
 * Ctrl-C and SIGTERM reach JupyterLab.
 *
 * @returns The exit status of JupyterLab; 128 and the signal's number where a signal ended it
 * @throws InputError where the folder is not there, there is no Python to make an environment with, or PyPI fails
 */
export async function startLab(options: LabOptions = {}): Promise<number> {
  const { folder = 'notebooks', environment, jupyterOptions = [], onStep = () => {} } = options;
  const root = resolve(folder);
  if (!existsSync(root)) throw new InputError(`There is no folder ${root} of notebooks to open.`);
  const jupyter =
    (environment === undefined ? activeJupyter() : undefined) ??
    (await environmentJupyter(resolve(environment ?? '.venv'), onStep));
  onStep(`JupyterLab ${jupyter.version} from ${jupyter.from}`);
  if (root === ownNotebooks) trust(jupyter, onStep);

  const data = await mkdtemp(join(tmpdir(), 'dcl-lab-jupyter-'));
  try {
    await installKernel({ prefix: data });
    return await serve(jupyter, [`--ServerApp.root_dir=${root}`, ...jupyterOptions], data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** Of notebooks that are not trusted, JupyterLab shows saved figures as pictures only. */
function trust({ trust: [program, ...args] }: Jupyter, onStep: (line: string) => void): void {
  const notebooks = readdirSync(ownNotebooks).filter((name) => name.endsWith('.ipynb'));
  const paths = notebooks.map((name) => join(ownNotebooks, name));
  if (output(program, [...args, ...paths]) !== undefined) return;
  onStep('The notebooks could not be marked as trusted: figures come alive once their cells have run.');
}

/** Its kernel comes before one of the same name that is installed for the user, which may be of another clone. */
async function serve({ lab: [program, ...args] }: Jupyter, more: string[], data: string): Promise<number> {
  const { JUPYTER_PATH } = process.env;
  const paths = [join(data, 'share', 'jupyter'), ...(JUPYTER_PATH ? [JUPYTER_PATH] : [])];
  const child = spawn(program, [...args, ...more], {
    stdio: 'inherit',
    env: { ...process.env, JUPYTER_PATH: paths.join(delimiter) },
  });
  const release = forwardSignals(child);
  try {
    const [status, signal] = await once(child, 'exit');
    return status ?? 128 + constants.signals[signal as NodeJS.Signals];
  } catch (error) {
    throw new InputError(`${program} does not start: ${(error as Error).message}.`);
  } finally {
    release();
  }
}

/** A terminal sends Ctrl-C to JupyterLab as well, which asks back at the first and ends at the second. */
function forwardSignals(child: ChildProcess): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
