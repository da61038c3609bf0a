import type { ResultRow } from './row.js';
import type { Trial } from './trial.js';
import type { TrialStep } from './worker-messages.js';

/** How far a sweep is, over all its trials. */
export interface SweepProgress {
  readonly trials: number;
  readonly finished: number;
  readonly failed: number;
  /** Trials being computed now. */
  readonly running: number;
  /** To the end, at the mean pace of this sitting; undefined until there is one. */
  readonly secondsLeft: number | undefined;
}

/** The images are being read, before anything else. */
export interface SweepLoadingEvent {
  readonly type: 'loading';
  readonly done: number;
  readonly total: number;
}

export interface SweepStartEvent {
  readonly type: 'start';
  readonly folder: string;
  /** `finished` counts those that the folder has already. */
  readonly progress: SweepProgress;
  /** Who computes the trials, such as `2 processes with 1 threads each`. */
  readonly executor: string;
}

/** How many tasks of a cluster run and wait, whenever that changes. */
export interface SweepQueueEvent {
  readonly type: 'queue';
  readonly running: number;
  readonly waiting: number;
  /** The cluster's own words for why they wait, such as `Resources`; empty where none does. */
  readonly reason: string;
}

export interface TrialStartEvent {
  readonly type: 'trial-start';
  readonly trial: Trial;
  /** Steps that an earlier sitting has done. */
  readonly step: number;
  readonly totalSteps: number;
}

export interface TrialStepEvent extends TrialStep {
  readonly type: 'trial-step';
  readonly trial: Trial;
  readonly progress: SweepProgress;
}

/** The training of a trial is done, its encoder is being evaluated. */
export interface TrialEvaluationEvent {
  readonly type: 'trial-evaluation';
  readonly trial: Trial;
}

/** The trial is done and on disk. */
export interface TrialEndEvent {
  readonly type: 'trial-end';
  readonly trial: Trial;
  readonly row: ResultRow;
  readonly progress: SweepProgress;
}

/** The trial could not be done; the next sitting tries again. */
export interface TrialFailureEvent {
  readonly type: 'trial-failure';
  readonly trial: Trial;
  readonly reason: string;
  readonly progress: SweepProgress;
}

export interface SweepEndEvent {
  readonly type: 'end';
  /** `completed` also where trials failed. */
  readonly reason: 'completed' | 'stopped';
  readonly progress: SweepProgress;
  /** Of this sitting. */
  readonly seconds: number;
}

/** What a sweep reports: loading, start, then its trials' events, those of several mixed, then end. */
export type SweepEvent =
  | SweepLoadingEvent
  | SweepStartEvent
  | SweepQueueEvent
  | TrialStartEvent
  | TrialStepEvent
  | TrialEvaluationEvent
  | TrialEndEvent
  | TrialFailureEvent
  | SweepEndEvent;

/**
 * A sweep: nothing happens until its events are read; leaving the loop stops it. It can be read once only; a second loop
 * throws an InputError.
 */
export interface Sweep extends AsyncIterable<SweepEvent> {
  /** Ends the sweep after the steps under way: trials leave checkpoints and `end` says `stopped`. */
  stop(): void;
}
