/** One sitting of a sweep: from the images' loading to the end of its last trial, or to its being stopped. */
import type { UseOptions } from '../engine/index.js';
import { EventQueue } from './event-queue.js';
import type { SweepEvent } from './events.js';
import { ProgressCount } from './progress.js';
import { writeTables } from './results.js';
import type { SweepSpec } from './spec.js';
import { SweepFolder } from './sweep-folder.js';
import { type SweepImages, type Trial, trialsOf } from './trial.js';
import { libraryVersion } from './versions.js';
import type { FromWorker } from './worker-messages.js';
import { WorkerProcess } from './worker-process.js';

export interface SittingOptions {
  readonly spec: SweepSpec;
  readonly folder: string;
  readonly data: string;
  readonly jobs: number;
  readonly threads: number;
  readonly engine: UseOptions;
  readonly checkpointSeconds: number;
}

export class Sitting {
  readonly #queue = new EventQueue<SweepEvent>();
  readonly #workers = new Set<WorkerProcess>();
  readonly #startedAt = performance.now();
  #folder: SweepFolder | undefined;
  #stopping = false;
  #pending: Trial[] = [];
  #progress = new ProgressCount([], []);
  #work: Promise<void> | undefined;

  constructor(private readonly options: SittingOptions) {}

  async *events(): AsyncGenerator<SweepEvent, void, void> {
    this.#folder = await SweepFolder.open(this.options.folder);
    this.#work = this.#run(this.#folder).then(
      () => this.#queue.end(),
      (error: unknown) => this.#queue.end({ error }),
    );
    yield* this.#queue.read();
  }

  stop(): void {
    this.#stopping = true;
    for (const worker of this.#workers) worker.stop();
  }

  /** Waits for the processes to end, which leave checkpoints, and leaves the folder to others. */
  async close(): Promise<void> {
    this.stop();
    await this.#work;
    await this.#folder?.close();
  }

  async #run(folder: SweepFolder): Promise<void> {
    try {
      if (!this.#stopping) await this.#runTrials(folder, this.#start());
    } finally {
      for (const worker of this.#workers) worker.stop();
      await Promise.all([...this.#workers].map((worker) => worker.close()));
    }
    const reason = this.#stopping ? 'stopped' : 'completed';
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#queue.add({ type: 'end', reason, progress: this.#progress.now(), seconds });
  }

  async #runTrials(folder: SweepFolder, first: WorkerProcess): Promise<void> {
    const { spec, threads } = this.options;
    const images = await this.#open(first);
    if (images === undefined) return;
    const trials = trialsOf(spec, images, libraryVersion);
    await folder.begin(spec, trials);
    const done = await Promise.all(trials.map((trial) => folder.has(trial)));
    this.#pending = trials.filter((_, i) => !done[i]);
    this.#progress = new ProgressCount(
      trials,
      trials.filter((_, i) => done[i]),
    );
    await writeTables(folder.path);
    const jobs = Math.min(this.options.jobs, Math.max(1, this.#pending.length));
    const progress = this.#progress.now();
    this.#queue.add({ type: 'start', folder: folder.path, progress, jobs, threads });
    const atWork = Array.from({ length: jobs }, (_, i) =>
      this.#takeTrials(folder, i === 0 ? first : undefined),
    );
    try {
      await Promise.all(atWork);
    } catch (error) {
      this.stop();
      await Promise.allSettled(atWork);
      throw error;
    }
    await writeTables(folder.path);
  }

  /** One of the jobs: computes trials as long as there are any, with a new process where one has died. */
  async #takeTrials(folder: SweepFolder, ready: WorkerProcess | undefined): Promise<void> {
    let worker = ready;
    while (this.#pending.length > 0 && !this.#stopping) {
      if (worker === undefined) {
        worker = this.#start();
        if ((await this.#open(worker)) === undefined) return;
      }
      const trial = this.#pending.shift();
      if (trial === undefined) return;
      if (!(await this.#compute(folder, worker, trial))) {
        this.#workers.delete(worker);
        worker = undefined;
      }
    }
  }

  /** @returns whether the process can compute another trial */
  async #compute(folder: SweepFolder, worker: WorkerProcess, trial: Trial): Promise<boolean> {
    const { checkpointSeconds } = this.options;
    const message = { type: 'trial', trial, folder: folder.trial(trial), checkpointSeconds } as const;
    const answer = await worker.ask(message, (received) => this.#report(trial, received));
    if (answer.type === 'finished') {
      await folder.forgetFailure(trial);
      await writeTables(folder.path);
      this.#progress.finish(trial);
      this.#queue.add({ type: 'trial-end', trial, row: answer.row, progress: this.#progress.now() });
    } else if (answer.type === 'failed' || answer.type === 'crashed') {
      await folder.recordFailure(trial, answer.reason);
      this.#progress.fail(trial);
      const { reason } = answer;
      this.#queue.add({ type: 'trial-failure', trial, reason, progress: this.#progress.now() });
    }
    return answer.type !== 'crashed';
  }

  #report(trial: Trial, message: FromWorker): void {
    if (message.type === 'begun') {
      const { step, totalSteps } = message;
      this.#progress.begin(trial, step, totalSteps);
      this.#queue.add({ type: 'trial-start', trial, step, totalSteps });
    } else if (message.type === 'step') {
      this.#progress.step(trial, message.step, message.totalSteps);
      this.#queue.add({ ...message, type: 'trial-step', trial, progress: this.#progress.now() });
    } else if (message.type === 'evaluating') {
      this.#queue.add({ type: 'trial-evaluation', trial });
    }
  }

  #start(): WorkerProcess {
    const worker = WorkerProcess.start();
    this.#workers.add(worker);
    return worker;
  }

  #open(worker: WorkerProcess): Promise<SweepImages | undefined> {
    const { spec, data, engine } = this.options;
    return worker.open({ ...spec, data }, engine, (message) => {
      if (message.type === 'loading') this.#queue.add(message);
    });
  }
}
