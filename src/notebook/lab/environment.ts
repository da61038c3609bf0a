/** The virtual environment that is made where the user has no Jupyter. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';
import { type Jupyter, jupyterOf, oldestMajor } from './jupyter.js';
import { install, makeVenv } from './pip.js';
import { findPython } from './python.js';

/** The release of JupyterLab that is installed, by which the notebooks are tested. */
export const jupyterlab = '4.6.6';

/**
 * Marks an environment as made here, and names the JupyterLab that is complete in it. As a package.json it also keeps Node,
 * which JupyterLab calls for its yarn.js, from taking that for an ES module, as the project around it says its files are.
 */
interface Mark {
  readonly name: 'dcl-lab-environment';
  readonly private: true;
  readonly jupyterlab?: string;
}

/**
 * The JupyterLab of a virtual environment, which is made where there is none. One that was made here before and is
 * incomplete, of another release, or without its Python is made anew; one of the user's is only used.
 *
 * @param environment Path of its folder
 * @param onStep What is being done, a line at a time
 * @throws InputError where it is something else's without a JupyterLab, where there is no Python, or where pip fails
 */
export async function environmentJupyter(
  environment: string,
  onStep: (line: string) => void,
): Promise<Jupyter> {
  const mark = readMark(environment);
  const jupyter = jupyterOf(environment);
  if (jupyter !== undefined && (mark === undefined || mark.jupyterlab === jupyterlab)) return jupyter;
  if (existsSync(environment)) {
    if (mark === undefined) {
      throw new InputError(
        `${environment} was not made by this command and has no JupyterLab of release ${oldestMajor} or newer: install one there ` +
          `(\`python -m pip install jupyterlab==${jupyterlab}\`), or give another folder as --environment.`,
      );
    }
    onStep(`${environment} is incomplete or outdated; making it anew.`);
    await remove(environment);
  }
  await make(environment, onStep);
  const made = jupyterOf(environment);
  if (made !== undefined) return made;
  throw new InputError(`JupyterLab does not run in ${environment}: remove that folder and try again.`);
}

function readMark(environment: string): Mark | undefined {
  try {
    const mark = JSON.parse(readFileSync(markPath(environment), 'utf8')) as Mark;
    return mark.name === 'dcl-lab-environment' ? mark : undefined;
  } catch {
    return undefined;
  }
}

async function writeMark(environment: string, complete: Pick<Mark, 'jupyterlab'>): Promise<void> {
  const mark: Mark = { name: 'dcl-lab-environment', private: true, ...complete };
  await writeDurably(markPath(environment), `${JSON.stringify(mark)}\n`);
}

function markPath(environment: string): string {
  return join(environment, 'package.json');
}

/** Under another name first: a folder half removed might have lost its mark, and be taken for the user's. */
async function remove(environment: string): Promise<void> {
  const doomed = `${environment}.removed-${process.pid}`;
  await rename(environment, doomed);
  await rm(doomed, { recursive: true });
}

/** Marked as incomplete from the first moment until all is there, so that an interruption at any time is noticed. */
async function make(environment: string, onStep: (line: string) => void): Promise<void> {
  const python = findPython();
  try {
    await mkdir(environment, { recursive: true });
    await writeMark(environment, {});
  } catch (error) {
    throw new InputError(
      `The virtual environment cannot be made in ${environment}: ${(error as Error).message}.`,
    );
  }
  onStep(`Making a virtual environment in ${environment} with Python ${python.version} ...`);
  await makeVenv(python, environment);
  onStep(`Installing JupyterLab ${jupyterlab} from PyPI in it ...`);
  await install(environment, `jupyterlab==${jupyterlab}`, onStep);
  await writeMark(environment, { jupyterlab });
}
