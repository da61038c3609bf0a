import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import pMap from 'p-map';
import type { TaskArray } from './task-array.js';
import { logFile, makeFolder } from './task-files.js';

/**
 * Runs the tasks as processes of this machine.
 * @param jobs - tasks at the same time
 * @param stopped - sends SIGTERM to those at work and begins no others
 */
export async function runLocally(array: TaskArray, jobs: number, stopped: AbortSignal): Promise<void> {
  await makeFolder(array);
  await pMap(
    array.tasks,
    async (task) => {
      if (!stopped.aborted) await runTask(array, task, stopped);
    },
    { concurrency: jobs },
  );
}

/** What it prints goes to its file; how it ended is seen from what it has left. */
async function runTask(array: TaskArray, task: number, stopped: AbortSignal): Promise<void> {
  const [program, ...args] = array.command;
  const log = await open(logFile(array, task), 'a');
  try {
    const child = spawn(program!, [...args, String(task)], { stdio: ['ignore', log.fd, log.fd] });
    const stop = () => child.kill('SIGTERM');
    stopped.addEventListener('abort', stop);
    await once(child, 'exit');
    stopped.removeEventListener('abort', stop);
  } finally {
    await log.close();
  }
}
