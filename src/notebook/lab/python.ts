import { output } from '../../engine/install/programs.js';
import { InputError } from '../../errors.js';

/** A command that runs Python, as a program and its first arguments, and which Python that is. */
export interface Python {
  readonly command: readonly [program: string, ...args: string[]];
  readonly version: string;
}

/** The oldest Python on which JupyterLab 4.6 runs. */
const oldest = [3, 10] as const;

/** How Python is called on the systems on which it is. */
const names: readonly Python['command'][] = [['python3'], ['python'], ['py', '-3']];

/**
 * A Python that can make virtual environments.
 * @throws InputError naming what was found instead, and what to install
 */
export function findPython(): Python {
  const found = names.flatMap((command) => describe(command) ?? []);
  const recent = found.filter(({ version }) => isRecent(version));
  const whole = recent.find(({ command: [program, ...args] }) => {
    return output(program, [...args, '-c', 'import venv, ensurepip']) !== undefined;
  });
  if (whole !== undefined) return whole;
  throw new InputError(`${problem(found, recent)} ${withoutJupyter}`);
}

const withoutJupyter =
  'Or do without Jupyter: `npm start` executes a notebook, and `npx dcl-lab run` any other.';

function describe(command: Python['command']): Python | undefined {
  const [program, ...args] = command;
  const version = output(program, [...args, '-c', 'import platform; print(platform.python_version())']);
  return version === undefined ? undefined : { command, version };
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function problem([found]: readonly Python[], [recent]: readonly Python[]): string {
  const needed = `Python ${oldest.join('.')} or newer`;
  if (found === undefined) {
    return `JupyterLab needs ${needed}, and none was found (looked for python3, python and py): install it from your system's packages or python.org.`;
  }
  const called = (recent ?? found).command.join(' ');
  return recent === undefined
    ? `JupyterLab needs ${needed}, and \`${called}\` is ${found.version}: install a newer one.`
    : `\`${called}\` (${recent.version}) cannot make virtual environments: its module venv is missing. On Debian and Ubuntu: \`apt-get install python3-venv\`.`;
}
