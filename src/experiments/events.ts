import type { ResultRow } from './row.js';
import type { Trial } from './trial.js';
import type { TrialStep } from './worker-messages.js';

/** How far a sweep is, over all its trials. */
export interface SweepProgress {
  /** Trials of the spec. */
  readonly trials: number;
  /** Trials whose rows are on disk, those of earlier sittings included. */
  readonly finished: number;
  /** Trials of this sitting that could not be done. */
  readonly failed: number;
  /** Trials being computed now. */
  readonly running: number;
  /** To the end, at the mean pace of this sitting; undefined until there is one. */
  readonly secondsLeft: number | undefined;
}

/** The images are being read, before anything else. */
export interface SweepLoadingEvent {
  readonly type: 'loading';
  /** Images decoded so far of the part being read, training or test. */
  readonly done: number;
  /** Images of that part. */
  readonly total: number;
}

/** The images are known, trials begin. */
export interface SweepStartEvent {
  readonly type: 'start';
  /** Where trials and the table of results are kept. */
  readonly folder: string;
  /** `finished` counts those that the folder has already. */
  readonly progress: SweepProgress;
  /** Who computes the trials, such as `2 processes with 1 threads each`. */
  readonly executor: string;
}

/** How many tasks of a cluster run and wait, whenever that changes. */
export interface SweepQueueEvent {
  readonly type: 'queue';
  /** Tasks that compute. */
  readonly running: number;
  /** Tasks that the cluster has not begun. */
  readonly waiting: number;
  /** The cluster's own words for why they wait, such as `Resources`; empty where none does. */
  readonly reason: string;
}

interface AboutTrial {
  /** The trial that the event is about. */
  readonly trial: Trial;
}

/** A trial begins, or goes on from its checkpoint. */
export interface TrialStartEvent extends AboutTrial {
  readonly type: 'trial-start';
  /** Steps that an earlier sitting has done. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly totalSteps: number;
}

/** A trial is being trained. */
export interface TrialStepEvent extends AboutTrial, TrialStep {
  readonly type: 'trial-step';
  /** How far the sweep is with this step. */
  readonly progress: SweepProgress;
}

/** The training of a trial is done, its encoder is being evaluated. */
export interface TrialEvaluationEvent extends AboutTrial {
  readonly type: 'trial-evaluation';
}

/** The trial is done and on disk. */
export interface TrialEndEvent extends AboutTrial {
  readonly type: 'trial-end';
  /** What is in the table of results. */
  readonly row: ResultRow;
  /** How far the sweep is, this trial counted as finished. */
  readonly progress: SweepProgress;
}

/** The trial could not be done; the next sitting tries again. */
export interface TrialFailureEvent extends AboutTrial {
  readonly type: 'trial-failure';
  /** The error's message, which is also in the trial's folder. */
  readonly reason: string;
  /** How far the sweep is, this trial counted as failed. */
  readonly progress: SweepProgress;
}

/** The sitting is over; what is done is on disk. */
export interface SweepEndEvent {
  readonly type: 'end';
  /** `completed` also where trials failed. */
  readonly reason: 'completed' | 'stopped';
  /** How far the sweep came. */
  readonly progress: SweepProgress;
  /** Of this sitting. */
  readonly seconds: number;
  /** How to go on, in a few words; empty where all trials are done. */
  readonly advice: string;
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
