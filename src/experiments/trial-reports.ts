import type { EventQueue } from './event-queue.js';
import type { SweepEvent, SweepProgress, SweepQueueEvent } from './events.js';
import type { ProgressCount } from './progress.js';
import { writeTables } from './results.js';
import type { ResultRow } from './row.js';
import type { SweepFolder } from './sweep-folder.js';
import type { Trial } from './trial.js';
import type { TrialStep } from './worker-messages.js';

/** What becomes of a sweep's trials, wherever they are computed: told as events, counted, and in the tables. */
export class TrialReports {
  #queued = '';

  constructor(
    private readonly folder: SweepFolder,
    private readonly count: ProgressCount,
    private readonly queue: EventQueue<SweepEvent>,
  ) {}

  get progress(): SweepProgress {
    return this.count.now();
  }

  /** @param executor - who computes, in a few words */
  started(executor: string): void {
    this.queue.add({ type: 'start', folder: this.folder.path, progress: this.progress, executor });
  }

  /** Tells it unless it is what was told last. */
  queued(queue: Omit<SweepQueueEvent, 'type'>): void {
    const text = JSON.stringify(queue);
    if (text === this.#queued) return;
    this.#queued = text;
    this.queue.add({ type: 'queue', ...queue });
  }

  begun(trial: Trial, step: number, totalSteps: number): void {
    this.count.begin(trial, step, totalSteps);
    this.queue.add({ type: 'trial-start', trial, step, totalSteps });
  }

  step(trial: Trial, { step, totalSteps, loss, imagesPerSecond }: TrialStep): void {
    this.count.step(trial, step, totalSteps);
    const { progress } = this;
    this.queue.add({ type: 'trial-step', trial, step, totalSteps, loss, imagesPerSecond, progress });
  }

  evaluating(trial: Trial): void {
    this.queue.add({ type: 'trial-evaluation', trial });
  }

  async finished(trial: Trial, row: ResultRow): Promise<void> {
    await this.folder.forgetAttempts(trial);
    await writeTables(this.folder.path);
    this.count.finish(trial);
    this.queue.add({ type: 'trial-end', trial, row, progress: this.progress });
  }

  async failed(trial: Trial, reason: string): Promise<void> {
    await this.folder.recordFailure(trial, reason);
    this.count.fail(trial);
    this.queue.add({ type: 'trial-failure', trial, reason, progress: this.progress });
  }
}
