/** A Python with PyTorch, if there is one: that which DCL_PYTHON names, or that of bench/.venv. */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { python } from '../../../bench/pytorch.js';

export { python };

export function inPython(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(python, ['-W', 'ignore', ...args], { encoding: 'utf8' });
}

export const hasPyTorch = existsSync(python) && inPython('-c', 'import torch, torchvision').status === 0;

/** For the names of tests, where they are skipped. */
export const skipped = '(skipped where neither DCL_PYTHON nor bench/.venv has torch and torchvision)';

/** Arguments of Python that start processes on this machine. */
export function torchrun(processes: number, ...args: string[]): string[] {
  const count = String(processes);
  return ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', count, ...args];
}

/** A process and all that it started. */
export function withDescendants(pid: number): number[] {
  let children = '';
  try {
    children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  } catch {
    // ps fails where there are none.
  }
  return [
    pid,
    ...children
      .split('\n')
      .filter(Boolean)
      .flatMap((child) => withDescendants(Number(child))),
  ];
}
