import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { requireSlurmOptions } from './slurm-options.js';
import { type ScriptOptions, slurmScript } from './slurm-script.js';
import type { TaskArray } from './task-array.js';
import { makeFolder, scriptFile } from './task-files.js';

const run = promisify(execFile);

/** A task as the cluster knows it. `waiting` is also one that was requeued. */
export interface TaskState {
  readonly state: 'waiting' | 'running' | 'ended';
  /** Slurm's own words: why it waits, such as `Resources`, the node that it runs on, or its end, such as `OUT_OF_MEMORY`. */
  readonly detail: string;
}

/** Writes the script that `submit` submits. @returns its path */
async function writeScript(array: TaskArray, options: ScriptOptions): Promise<string> {
  await makeFolder(array);
  const path = scriptFile(array);
  await writeDurably(path, slurmScript(array, options), 0o755);
  return path;
}

/** What is at work after {@link submitMissing}. */
export interface Submission {
  /** Tasks that an earlier submission has at work. */
  readonly earlier: ReadonlySet<number>;
  /** Number of the job of the others; undefined where there are none. */
  readonly job: string | undefined;
}

/**
 * Submits those tasks that are not at work from earlier.
 * @param prepare - called with these before they are submitted
 * @throws InputError for options that cannot be used, and where Slurm does not take the script, which is written all the same, to
 *   be submitted elsewhere
 */
export async function submitMissing(
  array: TaskArray,
  options: ScriptOptions,
  prepare: (tasks: readonly number[]) => Promise<void> = async () => {},
): Promise<Submission> {
  requireSlurmOptions(options.slurm);
  const known = await taskStates(array.name).catch(async (error: Error) => {
    const script = await writeScript(array, options);
    throw new InputError(
      `${error.message} The script is ${script}; once it is submitted, the same call follows its tasks.`,
    );
  });
  const earlier = new Set(array.tasks.filter((task) => isAtWork(known.get(task))));
  const tasks = array.tasks.filter((task) => !earlier.has(task));
  if (tasks.length === 0) return { earlier, job: undefined };
  await prepare(tasks);
  return { earlier, job: await submit(await writeScript({ ...array, tasks }, options)) };
}

/** Submits a script. @returns the job's number @throws InputError where Slurm does not take it, with its reason */
async function submit(script: string): Promise<string> {
  const printed = await slurm('sbatch', ['--parsable', script]);
  return printed.trim().split(';')[0]!;
}

/** Whether a task waits or runs; one that Slurm does not know does not. */
export function isAtWork(task: TaskState | undefined): boolean {
  return task !== undefined && task.state !== 'ended';
}

/**
 * The tasks of the user's jobs of this name; Slurm forgets them some minutes after their end.
 * @throws InputError where Slurm does not answer
 */
async function taskStates(name: string): Promise<ReadonlyMap<number, TaskState>> {
  const printed = await slurm('squeue', [
    ...['--noheader', '--array', '--me', `--name=${name}`],
    ...['--states=all', '--format=%F|%K|%T|%R'],
  ]);
  // A task may have been submitted several times; the last time counts.
  const lines = printed.split('\n').filter((line) => line !== '');
  const jobs = lines.map((line) => line.split('|')).sort(([a], [b]) => Number(a) - Number(b));
  return new Map(jobs.map(([, task, state = '', detail = '']) => [Number(task), stateOf(state, detail)]));
}

const endings = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED'],
  ...['NODE_FAIL', 'OUT_OF_MEMORY', 'REVOKED', 'TIMEOUT'],
]);

function stateOf(state: string, detail: string): TaskState {
  if (endings.has(state)) return { state: 'ended', detail: state };
  const running = state === 'RUNNING' || state === 'COMPLETING';
  return { state: running ? 'running' : 'waiting', detail };
}

/** So many failures in a row are put up with: a controller that restarts does not answer for a while. */
const patience = 60;

/** Asks for the tasks of this name again and again; the answer is undefined, instead of an error, where Slurm does not answer for a while. */
export function watchTasks(name: string): () => Promise<ReadonlyMap<number, TaskState> | undefined> {
  let failures = 0;
  return async () => {
    try {
      const tasks = await taskStates(name);
      failures = 0;
      return tasks;
    } catch (error) {
      failures += 1;
      if (failures > patience) throw error;
      return undefined;
    }
  };
}

async function slurm(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args)).stdout;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    throw new InputError(
      code === 'ENOENT'
        ? `There is no ${program} here; work for Slurm is submitted on a machine of the cluster, such as its login node.`
        : `${program} failed: ${(stderr || message).trim()}.`,
    );
  }
}
