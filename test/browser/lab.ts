/** What `npm run lab` starts, on a copy of the notebooks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pythonOf } from '../../src/engine/install/programs.js';

export interface Lab {
  readonly address: string;
  readonly token: string;
  /** The folder that it shows: a copy of `notebooks/`. */
  readonly folder: string;
  /** The Python of the environment in which it runs. */
  readonly python: string;
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What the tests leave: what was executed, and of a failure what was seen. */
export const artefacts = join(project, 'runs', 'browser');

const token = 'dcl-lab-browser-tests';

/** After so many milliseconds JupyterLab, which may have to be installed, should answer. */
const startLimit = 280_000;

export async function startLab(): Promise<{ readonly lab: Lab; readonly stop: () => Promise<void> }> {
  const folder = copyOfNotebooks();
  const port = await freePort();
  const begun = performance.now();
  const child = spawn('npm', ['run', 'lab', '--', ...options(folder, port)], {
    cwd: project,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (text: Buffer) => {
    log += text;
    appendFileSync(join(artefacts, 'jupyterlab.log'), text);
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', keep);
  const ended = once(child, 'close');
  const address = `http://127.0.0.1:${port}`;
  const answered = await Promise.race([answers(`${address}/api/status?token=${token}`), ended]);
  if (answered !== true) throw new Error(`npm run lab does not come up:\n${log}`);
  console.log(
    `npm run lab: JupyterLab answers after ${((performance.now() - begun) / 1000).toFixed(1)} s\n${log}`,
  );
  const lab = { address, token, folder, python: pythonOf(join(project, '.venv')) };
  return {
    lab,
    async stop() {
      // npm passes a signal on to the shell alone.
      process.kill(-child.pid!, 'SIGTERM');
      await ended;
    },
  };
}

/** The environment that the command makes, also where another Jupyter is active. */
function options(folder: string, port: number): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  return [
    ...['--folder', folder, '--environment', '.venv', '--no-browser', ...asRoot],
    ...['--ip', '127.0.0.1', '--port', String(port), '--ServerApp.port_retries=0'],
    ...[`--IdentityProvider.token=${token}`],
  ];
}

/** Beside a link to `data/`, where the notebooks look for it. */
function copyOfNotebooks(): string {
  const place = join(artefacts, 'lab');
  rmSync(artefacts, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  symlinkSync(join(project, 'data'), join(place, 'data'));
  const folder = join(place, 'notebooks');
  cpSync(join(project, 'notebooks'), folder, { recursive: true });
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(url: string): Promise<boolean> {
  for (const end = performance.now() + startLimit; performance.now() < end; await delay(200)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
  }
  return false;
}
