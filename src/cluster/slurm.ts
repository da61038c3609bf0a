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
  readonly state: 'waiting' | 'running';
  /** Slurm's own words for why it waits, such as `Resources`, or the node that it runs on. */
  readonly detail: string;
}

/** Writes the script that `submit` submits. @returns its path @throws InputError for options that cannot be used */
async function writeScript(array: TaskArray, options: ScriptOptions): Promise<string> {
  requireSlurmOptions(options.slurm);
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
  const script = await writeScript(array, options);
  const live = await liveTasks(array.name).catch((error: Error) => {
    throw new InputError(
      `${error.message} The script is ${script}; once it is submitted, the same call follows its tasks.`,
    );
  });
  const tasks = array.tasks.filter((task) => !live.has(task));
  const earlier = new Set(array.tasks.filter((task) => live.has(task)));
  if (tasks.length === 0) return { earlier, job: undefined };
  await prepare(tasks);
  if (earlier.size > 0) await writeScript({ ...array, tasks }, options);
  return { earlier, job: await submit(script) };
}

/** Submits a script. @returns the job's number @throws InputError where Slurm does not take it, with its reason */
async function submit(script: string): Promise<string> {
  const printed = await slurm('sbatch', ['--parsable', script]);
  return printed.trim().split(';')[0]!;
}

/**
 * The tasks of the user's jobs of this name that wait or run; those that are done, failed or cancelled are not among them.
 * @throws InputError where Slurm does not answer
 */
export async function liveTasks(name: string): Promise<ReadonlyMap<number, TaskState>> {
  const printed = await slurm('squeue', [
    ...['--noheader', '--array', '--me', `--name=${name}`],
    ...[
      '--states=PENDING,CONFIGURING,RUNNING,SUSPENDED,STOPPED,COMPLETING,REQUEUED,REQUEUE_HOLD,SPECIAL_EXIT,PREEMPTED',
    ],
    '--format=%K|%T|%R',
  ]);
  return new Map(
    printed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [task, state, detail = ''] = line.split('|');
        const running = state === 'RUNNING' || state === 'COMPLETING';
        return [Number(task), { state: running ? 'running' : 'waiting', detail }] as const;
      }),
  );
}

/** So many failures in a row are put up with: a controller that restarts does not answer for a while. */
const patience = 60;

/** Asks for `liveTasks` again and again; the answer is undefined, instead of an error, where Slurm does not answer for a while. */
export function watchTasks(name: string): () => Promise<ReadonlyMap<number, TaskState> | undefined> {
  let failures = 0;
  return async () => {
    try {
      const live = await liveTasks(name);
      failures = 0;
      return live;
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
