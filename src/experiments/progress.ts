import type { SweepProgress } from './events.js';
import type { Trial } from './trial.js';

/** Counts trials, and images trained on to estimate the time left. */
export class ProgressCount {
  #finished = 0;
  #failed = 0;
  /** Images that each trial under way has still to see. */
  readonly #left = new Map<string, number>();
  #imagesSeen = 0;
  #startedAt: number | undefined;
  readonly #pending: Map<string, number>;

  constructor(
    private readonly trials: readonly Trial[],
    done: readonly Trial[],
  ) {
    this.#finished = done.length;
    const finished = new Set(done.map(({ key }) => key));
    this.#pending = new Map(
      trials.filter(({ key }) => !finished.has(key)).map((trial) => [trial.key, imagesOf(trial)]),
    );
  }

  /** A trial begins, or goes on after `step`. */
  begin({ key, settings }: Trial, step: number, totalSteps: number): void {
    this.#startedAt ??= performance.now();
    this.#pending.delete(key);
    this.#left.set(key, (totalSteps - step) * settings.batchSize);
  }

  step({ key, settings }: Trial, step: number, totalSteps: number): void {
    const left = (totalSteps - step) * settings.batchSize;
    this.#imagesSeen += (this.#left.get(key) ?? left) - left;
    this.#left.set(key, left);
  }

  /** A cluster's trial may be done before it was seen to begin. */
  finish({ key }: Trial): void {
    this.#imagesSeen += this.#left.get(key) ?? this.#pending.get(key) ?? 0;
    this.#left.delete(key);
    this.#pending.delete(key);
    this.#finished += 1;
  }

  fail({ key }: Trial): void {
    this.#left.delete(key);
    this.#pending.delete(key);
    this.#failed += 1;
  }

  now(): SweepProgress {
    return {
      trials: this.trials.length,
      finished: this.#finished,
      failed: this.#failed,
      running: this.#left.size,
      secondsLeft: this.#secondsLeft(),
    };
  }

  #secondsLeft(): number | undefined {
    if (this.#startedAt === undefined || this.#imagesSeen === 0) return undefined;
    const left = [...this.#pending.values(), ...this.#left.values()].reduce((sum, n) => sum + n, 0);
    return ((performance.now() - this.#startedAt) / 1000 / this.#imagesSeen) * left;
  }
}

/** Images that a whole trial trains on, one counted as often as it is seen. */
function imagesOf({ settings: { images, batchSize, epochs } }: Trial): number {
  return Math.floor(images / batchSize) * batchSize * epochs;
}
