import { realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  arrayName,
  isAtWork,
  logFile,
  type SlurmOptions,
  submitMissing,
  type TaskArray,
  type TaskState,
  watchTasks,
} from '../cluster/index.js';
import type { UseOptions } from '../engine/index.js';
import type { Executor } from './executor.js';
import { listTasks, slurmFolder } from './slurm-tasks.js';
import type { SweepSpec } from './spec.js';
import type { SweepFolder, TrialProgress } from './sweep-folder.js';
import type { SweepImages, Trial } from './trial.js';
import type { TrialReports } from './trial-reports.js';
import { WorkerProcess } from './worker-process.js';

export interface SlurmExecutorOptions {
  readonly spec: SweepSpec;
  readonly slurm: SlurmOptions;
  /** Tasks at the same time. */
  readonly jobs: number | undefined;
  readonly engine: UseOptions;
  readonly checkpointSeconds: number;
}

/** The cluster and the shared disk are asked so often, in milliseconds. */
const interval = 5000;
/** So many times in a row a task must be seen neither at work nor done: a shared disk may be late. */
const absences = 3;

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Of a task while Slurm does not answer. */
const unanswered: TaskState = { state: 'running', detail: '' };

interface Watched {
  readonly trial: Trial;
  readonly place: number;
  seen: TrialProgress | undefined;
  absent: number;
}

/**
 * Tasks of Slurm, one for each trial. They go on when whoever reads the sweep has ended; a sweep of the same folder finds
 * them again.
 */
export class SlurmExecutor implements Executor {
  readonly #stopping = new AbortController();
  #worker: WorkerProcess | undefined;
  #name: string | undefined;

  constructor(private readonly options: SlurmExecutorOptions) {}

  async open(onLoading: (done: number, total: number) => void): Promise<SweepImages | undefined> {
    this.#worker = WorkerProcess.start();
    const images = await this.#worker.open(this.options.spec, { name: 'cpu' }, (message) => {
      if (message.type === 'loading') onLoading(message.done, message.total);
    });
    await this.#worker.close();
    return images;
  }

  async run(pending: readonly Trial[], folder: SweepFolder, reports: TrialReports): Promise<void> {
    const places = await listTasks(
      folder.path,
      pending.map((trial) => this.#taskOf(trial)),
    );
    let watched = pending.map(
      (trial, i): Watched => ({ trial, place: places[i]!, seen: undefined, absent: 0 }),
    );
    const array = await this.#arrayOf(folder.path, places);
    reports.started(await this.#submitted(array, watched, folder));
    const look = watchTasks(array.name);
    while (watched.length > 0 && !this.#stopping.signal.aborted) {
      const tasks = await look();
      if (tasks !== undefined) reports.queued(queueOf([...tasks.values()].filter(isAtWork)));
      const going: Watched[] = [];
      for (const each of watched) {
        const task = tasks === undefined ? unanswered : tasks.get(each.place);
        if (await this.#goesOn(each, task, { array, folder, reports })) going.push(each);
      }
      watched = going;
      await pause(interval, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  /** The tasks are left at work. */
  stop(): void {
    this.#stopping.abort();
    this.#worker?.stop();
  }

  get afterStop(): string {
    if (this.#name === undefined) return 'run it again to go on';
    return `its tasks go on: run it again to see them, or end them by scancel --name=${this.#name}`;
  }

  async close(): Promise<void> {
    await this.#worker?.close();
  }

  #taskOf(trial: Trial) {
    const { spec, checkpointSeconds } = this.options;
    const { data, size, images, testImages } = spec;
    return {
      trial,
      images: { data, ...(size && { size }), ...(images && { images }), ...(testImages && { testImages }) },
      checkpointSeconds,
    };
  }

  async #arrayOf(path: string, tasks: readonly number[]): Promise<TaskArray> {
    const folder = await realpath(path);
    const { name, device } = this.options.engine;
    const engine = [...(name ? ['--engine', name] : []), ...(device ? ['--device', device] : [])];
    return {
      name: arrayName(folder),
      purpose: `Trials of the sweep in ${folder}, each trained and evaluated by a task.`,
      tasks,
      command: [process.execPath, program, 'trial', folder, ...engine],
      folder: slurmFolder(folder),
    };
  }

  /** Submits what is not at work from earlier. @returns what is at work */
  async #submitted(array: TaskArray, watched: readonly Watched[], folder: SweepFolder): Promise<string> {
    const { slurm, jobs } = this.options;
    const { earlier, job } = await submitMissing(array, { slurm, ...(jobs && { jobs }) }, async (tasks) => {
      for (const { trial, place } of watched) if (tasks.includes(place)) await folder.forgetAttempts(trial);
    });
    this.#name = array.name;
    const tasks = `${watched.length} tasks of Slurm (to cancel them: scancel --name=${array.name})`;
    const before = `${earlier.size} from before, with the options of then`;
    if (job === undefined) return `${tasks}, ${before}`;
    return `${tasks}, job ${job}${earlier.size > 0 ? ` and ${before}` : ''}`;
  }

  /** Tells what has become of a trial since it was last looked at. @returns whether there is more to come */
  async #goesOn(
    watched: Watched,
    task: TaskState | undefined,
    { array, folder, reports }: { array: TaskArray; folder: SweepFolder; reports: TrialReports },
  ): Promise<boolean> {
    const { trial, place } = watched;
    const row = await folder.row(trial);
    if (row !== undefined) {
      await reports.finished(trial, row);
      return false;
    }
    this.#tell(watched, await folder.progress(trial), reports);
    if (isAtWork(task)) {
      watched.absent = 0;
      return true;
    }
    watched.absent += 1;
    const reason = await folder.failure(trial);
    if (reason === undefined && watched.absent < absences) return true;
    const end = task === undefined ? '' : ` (${task.detail})`;
    const log = logFile(array, place);
    await reports.failed(trial, reason ?? `its task ended${end} without a result; its output is in ${log}`);
    return false;
  }

  #tell(watched: Watched, now: TrialProgress | undefined, reports: TrialReports): void {
    const { trial, seen } = watched;
    if (now === undefined || JSON.stringify(now) === JSON.stringify(seen)) return;
    if (seen?.begun !== now.begun) reports.begun(trial, now.begun, now.totalSteps);
    if (now.loss !== null && now.step !== seen?.step) reports.step(trial, { ...now, loss: now.loss });
    if (now.evaluating && !seen?.evaluating) reports.evaluating(trial);
    watched.seen = now;
  }
}

function queueOf(tasks: readonly TaskState[]): { running: number; waiting: number; reason: string } {
  const waiting = tasks.filter(({ state }) => state === 'waiting');
  const reasons = [...new Set(waiting.map(({ detail }) => detail))];
  return { running: tasks.length - waiting.length, waiting: waiting.length, reason: reasons.join(', ') };
}
