import { existsSync } from 'node:fs';
import { output, pythonOf } from '../../engine/install/programs.js';

type Command = readonly [program: string, ...args: string[]];

/** A JupyterLab that can be used. */
export interface Jupyter {
  readonly version: string;
  /** Where it was found, as one tells a user. */
  readonly from: string;
  /** Starts it. */
  readonly lab: Command;
  /** Marks the notebooks named after it as trusted. */
  readonly trust: Command;
}

/** The oldest release of JupyterLab that is used where it is found. */
export const oldestMajor = 4;

const versionScript = 'from importlib.metadata import version; print(version("jupyterlab"))';

/** The user's own JupyterLab: that of the active environment, else one on PATH; undefined where there is none, or an old one. */
export function activeJupyter(): Jupyter | undefined {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  for (const environment of [VIRTUAL_ENV, CONDA_PREFIX]) {
    const found = environment && jupyterOf(environment, `the active environment ${environment}`);
    if (found) return found;
  }
  return recent({
    version: output('jupyter-lab', ['--version']) ?? '',
    from: 'PATH',
    lab: ['jupyter-lab'],
    trust: ['jupyter-trust'],
  });
}

/** The JupyterLab of a Python environment; undefined where there is none, or an old one. */
export function jupyterOf(environment: string, from: string = environment): Jupyter | undefined {
  const python = pythonOf(environment);
  if (!existsSync(python)) return undefined;
  return recent({
    version: output(python, ['-c', versionScript]) ?? '',
    from,
    lab: [python, '-m', 'jupyterlab'],
    trust: [python, '-m', 'nbformat.sign'],
  });
}

function recent(jupyter: Jupyter): Jupyter | undefined {
  return Number.parseInt(jupyter.version, 10) >= oldestMajor ? jupyter : undefined;
}
