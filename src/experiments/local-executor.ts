import type { UseOptions } from '../engine/index.js';
import type { Executor } from './executor.js';
import type { SweepSpec } from './spec.js';
import type { SweepFolder } from './sweep-folder.js';
import type { SweepImages, Trial } from './trial.js';
import type { TrialReports } from './trial-reports.js';
import type { FromWorker } from './worker-messages.js';
import { WorkerProcess } from './worker-process.js';

export interface LocalOptions {
  readonly spec: SweepSpec;
  readonly jobs: number;
  readonly threads: number;
  readonly engine: UseOptions;
  readonly checkpointSeconds: number;
}

/** Processes of this machine, each with the images in memory and some of its threads. */
export class LocalExecutor implements Executor {
  readonly afterStop = 'run it again to go on';
  readonly #workers = new Set<WorkerProcess>();
  #first: WorkerProcess | undefined;
  #stopping = false;
  #pending: Trial[] = [];

  constructor(private readonly options: LocalOptions) {}

  open(onLoading: (done: number, total: number) => void): Promise<SweepImages | undefined> {
    this.#first = this.#start();
    return this.#open(this.#first, (message) => {
      if (message.type === 'loading') onLoading(message.done, message.total);
    });
  }

  async run(pending: readonly Trial[], folder: SweepFolder, reports: TrialReports): Promise<void> {
    this.#pending = [...pending];
    const { threads } = this.options;
    const jobs = Math.min(this.options.jobs, Math.max(1, pending.length));
    reports.started(`${jobs === 1 ? '1 process' : `${jobs} processes`} with ${threads} threads each`);
    const atWork = Array.from({ length: jobs }, (_, i) =>
      this.#takeTrials(folder, reports, i === 0 ? this.#first : undefined),
    );
    try {
      await Promise.all(atWork);
    } catch (error) {
      this.stop();
      await Promise.allSettled(atWork);
      throw error;
    }
  }

  /** After the steps under way; trials leave checkpoints. */
  stop(): void {
    this.#stopping = true;
    for (const worker of this.#workers) worker.stop();
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.stop();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  /** One of the jobs: computes trials as long as there are any, with a new process where one has died. */
  async #takeTrials(
    folder: SweepFolder,
    reports: TrialReports,
    ready: WorkerProcess | undefined,
  ): Promise<void> {
    let worker = ready;
    while (this.#pending.length > 0 && !this.#stopping) {
      if (worker === undefined) {
        worker = this.#start();
        if ((await this.#open(worker, () => {})) === undefined) return;
      }
      const trial = this.#pending.shift();
      if (trial === undefined) return;
      if (!(await this.#compute(folder, reports, worker, trial))) {
        this.#workers.delete(worker);
        worker = undefined;
      }
    }
  }

  /** @returns whether the process can compute another trial */
  async #compute(
    folder: SweepFolder,
    reports: TrialReports,
    worker: WorkerProcess,
    trial: Trial,
  ): Promise<boolean> {
    const { checkpointSeconds } = this.options;
    const message = { type: 'trial', trial, folder: folder.trial(trial), checkpointSeconds } as const;
    const answer = await worker.ask(message, (received) => {
      if (received.type === 'begun') reports.begun(trial, received.step, received.totalSteps);
      else if (received.type === 'step') reports.step(trial, received);
      else if (received.type === 'evaluating') reports.evaluating(trial);
    });
    if (answer.type === 'finished') await reports.finished(trial, answer.row);
    else if (answer.type === 'failed' || answer.type === 'crashed')
      await reports.failed(trial, answer.reason);
    return answer.type !== 'crashed';
  }

  #start(): WorkerProcess {
    const worker = WorkerProcess.start();
    this.#workers.add(worker);
    return worker;
  }

  #open(worker: WorkerProcess, onMessage: (message: FromWorker) => void): Promise<SweepImages | undefined> {
    return worker.open(this.options.spec, this.options.engine, onMessage);
  }
}
