/** One sitting of a sweep: from the images' loading to the end of its last trial, or to its being stopped. */
import { EventQueue } from './event-queue.js';
import type { SweepEvent } from './events.js';
import type { Executor } from './executor.js';
import { ProgressCount } from './progress.js';
import { writeTables } from './results.js';
import type { SweepSpec } from './spec.js';
import { SweepFolder } from './sweep-folder.js';
import { trialsOf } from './trial.js';
import { TrialReports } from './trial-reports.js';
import { libraryVersion } from './versions.js';

export interface SittingOptions {
  readonly spec: SweepSpec;
  readonly folder: string;
  readonly executor: Executor;
}

export class Sitting {
  readonly #queue = new EventQueue<SweepEvent>();
  readonly #startedAt = performance.now();
  #folder: SweepFolder | undefined;
  #stopping = false;
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
    this.options.executor.stop();
  }

  /** Waits for what is under way to end, and leaves the folder to others. */
  async close(): Promise<void> {
    this.stop();
    await this.#work;
    await this.#folder?.close();
  }

  async #run(folder: SweepFolder): Promise<void> {
    try {
      if (!this.#stopping) await this.#runTrials(folder);
    } finally {
      await this.options.executor.close();
    }
    const reason = this.#stopping ? 'stopped' : 'completed';
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const progress = this.#progress.now();
    const failed = progress.failed > 0 ? 'run it again to try what failed' : '';
    const advice = this.#stopping ? this.options.executor.afterStop : failed;
    this.#queue.add({ type: 'end', reason, progress, seconds, advice });
  }

  async #runTrials(folder: SweepFolder): Promise<void> {
    const { spec, executor } = this.options;
    const images = await executor.open((done, total) => this.#queue.add({ type: 'loading', done, total }));
    if (images === undefined) return;
    const trials = trialsOf(spec, images, libraryVersion);
    await folder.begin(spec, trials);
    const rows = await Promise.all(trials.map((trial) => folder.row(trial)));
    this.#progress = new ProgressCount(
      trials,
      trials.filter((_, i) => rows[i] !== undefined),
    );
    await writeTables(folder.path);
    const pending = trials.filter((_, i) => rows[i] === undefined);
    await executor.run(pending, folder, new TrialReports(folder, this.#progress, this.#queue));
    await writeTables(folder.path);
  }
}
