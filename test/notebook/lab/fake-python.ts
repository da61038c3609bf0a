import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FakePython {
  readonly version?: string;
  /** Whether it has the module venv. */
  readonly venv?: boolean;
  /** What pip does in an environment that it makes. */
  readonly pip?: 'install' | 'fail' | 'be killed';
  /** The JupyterLab that it has, none by default. */
  readonly jupyterlab?: string;
}

/** Writes a script that answers as Python does to what is asked of it; its JupyterLab is `fakeLab`. */
export function fakePython(path: string, settings: FakePython = {}): void {
  writeScript(
    path,
    `const { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync, existsSync } = require('node:fs');
const { version = '3.12.1', venv = true, pip = 'install', jupyterlab } = ${JSON.stringify(settings)};
const [, own, flag, what, ...rest] = process.argv;
const installed = own + '.jupyterlab';
const release = existsSync(installed) ? readFileSync(installed, 'utf8') : jupyterlab;
const end = (status, text = '') => { console.log(text); process.exit(status); };
if (flag === '-c' && what.includes('platform')) end(0, version);
if (flag === '-c' && what.includes('venv')) end(venv ? 0 : 1);
if (flag === '-c' && what.includes('jupyterlab')) release ? end(0, release) : end(1);
if (what === 'venv') {
  mkdirSync(rest[0] + '/bin', { recursive: true });
  cpSync(own, rest[0] + '/bin/python');
  end(0);
}
if (what === 'pip') {
  console.log('Collecting jupyterlab');
  if (pip === 'be killed') process.kill(process.pid, 'SIGKILL');
  if (pip === 'fail') end(1, 'ERROR: No matching distribution found for jupyterlab');
  writeFileSync(installed, rest.at(-1).split('==')[1]);
  end(0);
}
if (what === 'nbformat.sign') end(0);
${recordAndEnd}`,
  );
}

/** Writes a `jupyter-lab`, which says its version, or writes what it was given to \`RECORD\` and ends with status 7. */
export function fakeLab(path: string, version: string): void {
  writeScript(
    path,
    `if (process.argv[2] === '--version') { console.log('${version}'); process.exit(); }\n${recordAndEnd}`,
  );
}

const recordAndEnd = `
const { JUPYTER_PATH, RECORD } = process.env;
const spec = JUPYTER_PATH.split(':')[0] + '/kernels/dcl-lab/kernel.json';
const record = { argv: process.argv.slice(1), jupyterPath: JUPYTER_PATH, spec: JSON.parse(require('node:fs').readFileSync(spec)) };
require('node:fs').writeFileSync(RECORD, JSON.stringify(record));
if (process.argv.includes('--wait')) setInterval(() => {}, 1000); else process.exit(7);
`;

function writeScript(path: string, code: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!${process.execPath}\n${code}`);
  chmodSync(path, 0o755);
}

/** The interpreter's place in an environment. */
export const pythonIn = (environment: string): string => join(environment, 'bin', 'python');
