import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pythonOf } from '../../engine/install/programs.js';
import { InputError } from '../../errors.js';
import type { Python } from './python.js';

/** Progress is told at most this often, in milliseconds. */
const interval = 5000;
/** So many of the last lines say why something failed. */
const reasonLines = 8;

/** @throws InputError where Python cannot make it */
export async function makeVenv({ command: [program, ...args] }: Python, environment: string): Promise<void> {
  const { ended, lines } = await run(program, [...args, '-m', 'venv', environment]);
  if (ended) return;
  throw new InputError(`No virtual environment could be made in ${environment}:\n${reason(lines)}`);
}

/**
 * Installs a package and what it needs from PyPI, or from where pip is set up to look instead.
 * @throws InputError where pip fails
 */
export async function install(
  environment: string,
  requirement: string,
  onStep: (line: string) => void,
): Promise<void> {
  let packages = 0;
  let toldAt = performance.now();
  // Not compiled ahead: Python compiles what is imported, which is less.
  const args = ['-m', 'pip', 'install', '--no-compile', '--prefer-binary', '--progress-bar', 'off'];
  const { ended, lines } = await run(
    pythonOf(environment),
    [...args, '--retries', '1', '--disable-pip-version-check', requirement],
    (line) => {
      if (line.startsWith('Collecting ')) packages++;
      const told = /^(Collecting|Installing collected)/.test(line);
      if (!told || performance.now() - toldAt < interval) return;
      toldAt = performance.now();
      onStep(`  ${packages} packages found: ${line.split(' (')[0]!.slice(0, 60)}`);
    },
  );
  if (ended) return;
  throw new InputError(
    `pip could not install ${requirement}. It needs PyPI; a mirror can be named by PIP_INDEX_URL, and a JupyterLab that ` +
      `you have is used where its environment is active. What pip said:\n${reason(lines)}`,
  );
}

interface Ended {
  readonly ended: boolean;
  readonly lines: readonly string[];
}

async function run(
  program: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  const [status] = await once(child, 'close').catch((error: Error) => [lines.push(error.message)]);
  return { ended: status === 0, lines };
}

function reason(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '' && !/^(Collecting|Downloading|Using cached) /.test(line.trim()))
    .slice(-reasonLines)
    .join('\n');
}
