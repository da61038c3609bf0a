import type { EpochEvent, StepEvent, TrainEvent } from '../../train/index.js';

/** What a run reported, for figures and tables. */
export interface RunHistory {
  /** What was trained, such as `simclr dcl on mnist train`. */
  readonly title: string;
  /** Those that were reported, every tenth by default. */
  readonly steps: readonly StepEvent[];
  /** Those that were finished. */
  readonly epochs: readonly EpochEvent[];
  /** Whether all epochs were done or the run was stopped before. */
  readonly reason: 'completed' | 'stopped';
  /** Seconds spent training, over all sittings of a run that was resumed. */
  readonly seconds: number;
}

/** How far a run is. */
export interface Progress {
  readonly title: string;
  readonly totalSteps: number;
  readonly totalEpochs: number;
  readonly steps: readonly StepEvent[];
  /** Seconds to the end at the mean pace so far; undefined before two steps. */
  readonly secondsLeft: number | undefined;
}

/** Gathers a run's events. */
export class HistoryRecorder {
  readonly #steps: StepEvent[] = [];
  readonly #epochs: EpochEvent[] = [];
  #title = '';
  #totalSteps = 0;
  #totalEpochs = 0;
  #reason: RunHistory['reason'] = 'stopped';
  #seconds = 0;
  /** The first step is left out of the pace: it compiles. */
  #firstStepAt: number | undefined;

  add(event: TrainEvent): void {
    switch (event.type) {
      case 'start':
        this.#title = event.title;
        this.#totalSteps = event.totalSteps;
        this.#totalEpochs = event.epochs;
        break;
      case 'step':
        this.#firstStepAt ??= performance.now();
        this.#steps.push(event);
        break;
      case 'epoch':
        this.#epochs.push(event);
        break;
      case 'end':
        this.#reason = event.reason;
        this.#seconds = event.seconds;
        break;
    }
  }

  progress(): Progress {
    return {
      title: this.#title,
      totalSteps: this.#totalSteps,
      totalEpochs: this.#totalEpochs,
      steps: this.#steps,
      secondsLeft: this.#secondsLeft(),
    };
  }

  history(): RunHistory {
    return {
      title: this.#title,
      steps: this.#steps,
      epochs: this.#epochs,
      reason: this.#reason,
      seconds: this.#seconds,
    };
  }

  #secondsLeft(): number | undefined {
    const first = this.#steps[0];
    const last = this.#steps.at(-1);
    if (first === undefined || last === undefined || last.step === first.step) return undefined;
    const elapsed = (performance.now() - this.#firstStepAt!) / 1000;
    return (elapsed / (last.step - first.step)) * (this.#totalSteps - last.step);
  }
}
