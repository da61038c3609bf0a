import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const faultAt = fileURLToPath(new URL('../faults/fault-at.mjs', import.meta.url));

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Settles when the output contains `sign`, or ends without it. */
  readonly begun: Promise<void>;
  readonly finished: Promise<Finished>;
}

export interface StartOptions {
  readonly folder: string;
  /** By default what is written when training begins. */
  readonly sign?: string;
  /** What goes wrong at one of its file operations, see `faults/fault-at.mjs`. */
  readonly fault?: { readonly kind: 'SIGKILL' | 'hang' | 'ENOSPC'; readonly in: string; readonly at: string };
  /** What runs the command, such as a shell that sets limits first. */
  readonly through?: readonly string[];
}

/** Starts `dcl-lab` in a folder. */
export function start(
  args: readonly string[],
  { folder, sign = 'epochs of', fault, through = [] }: StartOptions,
): Started {
  const node = fault ? ['--import', faultAt] : [];
  const env = fault && { FAULT: fault.kind, FAULT_IN: fault.in, FAULT_AT: fault.at };
  const [command, ...rest] = [...through, process.execPath, ...node, executable, ...args];
  const child = spawn(command!, rest, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const begun = new Promise<void>((resolve) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => {
        output[name] += chunk;
        if (output[name].includes(sign)) resolve();
      });
    }
    child.once('close', () => resolve());
  });
  const finished = once(child, 'close').then(([status, signal]) => ({ status, signal, ...output }));
  return { child, begun, finished };
}

/** A small run of 3 steps an epoch on the images of `writeImages` in the folder's `images`. */
export const smallPretrain = (output: string, ...more: string[]): string[] => [
  ...['pretrain', '--data', 'images', '--architecture', 'resnet8', '--width', '2', '--head-features', '4'],
  ...['--batch-size', '8', '--epochs', '3', '--threads', '1', '--output', output, ...more],
];
