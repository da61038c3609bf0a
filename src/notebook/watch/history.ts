import type { EpochEvent, EvaluationEvent, RecordedEvent, StepEvent, TrainEvent } from '../../train/index.js';

/** What a run reported, over all sittings of one that was resumed, for figures and tables. */
export interface RunHistory {
  /** What was trained, such as `simclr dcl on mnist train`. */
  readonly title: string;
  /** Those that were reported, every tenth by default. */
  readonly steps: readonly StepEvent[];
  /** Those that were finished. */
  readonly epochs: readonly EpochEvent[];
  /** Of a run that evaluates. */
  readonly evaluations: readonly EvaluationEvent[];
  /** Whether all epochs were done or the run was stopped before. */
  readonly reason: 'completed' | 'stopped';
  /** Steps done. */
  readonly step: number;
  /** Seconds spent training. */
  readonly seconds: number;
  /** The newest checkpoint that was written in this sitting, if one was. */
  readonly checkpoint: string | undefined;
}

/** How far a run is. */
export interface Progress {
  readonly title: string;
  readonly totalSteps: number;
  readonly totalEpochs: number;
  readonly steps: readonly StepEvent[];
  readonly evaluations: readonly EvaluationEvent[];
  /** Steps done; a fraction within a step. */
  readonly step: number;
  /** Seconds to the end at the mean pace of this sitting, what its evaluations take included; undefined before there is one. */
  readonly secondsLeft: number | undefined;
}

/** Gathers a run's events. */
export class HistoryRecorder {
  readonly #steps: StepEvent[] = [];
  readonly #epochs: EpochEvent[] = [];
  readonly #evaluations: EvaluationEvent[] = [];
  #title = '';
  #totalSteps = 0;
  #totalEpochs = 0;
  #reason: RunHistory['reason'] = 'stopped';
  #seconds = 0;
  #checkpoint: string | undefined;
  #step = 0;
  /** What comes before it is left out of the pace: the first step compiles. */
  #first: { readonly step: number; readonly at: number } | undefined;

  add(event: TrainEvent): void {
    switch (event.type) {
      case 'start':
        this.#title = event.title;
        this.#totalSteps = event.totalSteps;
        this.#totalEpochs = event.epochs;
        this.#step = event.step;
        for (const earlier of event.recorded) this.#keep(earlier);
        break;
      case 'progress':
        this.#reach(event.step);
        break;
      case 'step':
      case 'epoch':
      case 'evaluation':
        this.#reach(event.step);
        this.#keep(event);
        break;
      case 'checkpoint':
        this.#checkpoint = event.path;
        break;
      case 'end':
        this.#reason = event.reason;
        this.#seconds = event.seconds;
        this.#step = event.step;
        break;
    }
  }

  progress(): Progress {
    return {
      title: this.#title,
      totalSteps: this.#totalSteps,
      totalEpochs: this.#totalEpochs,
      steps: this.#steps,
      evaluations: this.#evaluations,
      step: this.#step,
      secondsLeft: this.#secondsLeft(),
    };
  }

  history(): RunHistory {
    return {
      title: this.#title,
      steps: this.#steps,
      epochs: this.#epochs,
      evaluations: this.#evaluations,
      reason: this.#reason,
      step: this.#step,
      seconds: this.#seconds,
      checkpoint: this.#checkpoint,
    };
  }

  #reach(step: number): void {
    this.#step = step;
    this.#first ??= { step, at: performance.now() };
  }

  #keep(event: RecordedEvent): void {
    if (event.type === 'step') this.#steps.push(event);
    else if (event.type === 'epoch') this.#epochs.push(event);
    else this.#evaluations.push(event);
  }

  #secondsLeft(): number | undefined {
    if (this.#first === undefined || this.#step === this.#first.step) return undefined;
    const elapsed = (performance.now() - this.#first.at) / 1000;
    return (elapsed / (this.#step - this.#first.step)) * (this.#totalSteps - this.#step);
  }
}
