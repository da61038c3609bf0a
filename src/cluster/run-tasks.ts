import { setTimeout as pause } from 'node:timers/promises';
import { runLocally } from './local-tasks.js';
import { isAtWork, submitMissing, watchTasks } from './slurm.js';
import type { SlurmOptions } from './slurm-options.js';
import type { TaskArray } from './task-array.js';

/** Where tasks run: `jobs` processes of this machine, or a cluster with options of its `sbatch` and at most `jobs` at a time. */
export type TaskExecutor =
  | { readonly type: 'local'; readonly jobs: number }
  | { readonly type: 'slurm'; readonly slurm: SlurmOptions; readonly jobs?: number };

/** How often a cluster is asked, in milliseconds: its controller serves many. */
const interval = 5000;

/**
 * Runs tasks to their end, however that is: the caller looks at what they have left. On a cluster, those of the same name that
 * are at work already are not submitted again.
 * @param stopped - ends local tasks, and leaves those of a cluster at work
 * @throws InputError where the cluster does not take them
 */
export async function runTasks(
  array: TaskArray,
  executor: TaskExecutor,
  stopped: AbortSignal,
): Promise<void> {
  if (executor.type === 'local') return runLocally(array, executor.jobs, stopped);
  await submitMissing(array, executor);
  const look = watchTasks(array.name);
  const isUnderWay = async () => {
    const tasks = await look();
    return tasks === undefined || [...tasks.values()].some(isAtWork);
  };
  while (!stopped.aborted && (await isUnderWay()))
    await pause(interval, undefined, { signal: stopped }).catch(() => {});
}
