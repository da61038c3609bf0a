import type { MultiplierStatistics } from '../npc/statistics.js';

/** The run begins, or goes on from a checkpoint. */
export interface StartEvent {
  readonly type: 'start';
  /** Steps already done when this run began: 0, or those of the checkpoint it resumes. */
  readonly step: number;
  /** Of the whole run, those before this sitting included. */
  readonly totalSteps: number;
  /** Updates of the weights in an epoch. */
  readonly stepsPerEpoch: number;
  /** Of the whole run. */
  readonly epochs: number;
  /** What is being trained, for titles and logs, such as `simclr dcl on mnist train`. */
  readonly title: string;
  /** What the run's earlier sittings recorded of the steps already done; empty for one that begins. */
  readonly recorded: readonly RecordedEvent[];
}

/** Something about the run's options that a reader should know; it comes right after `start`. */
export interface WarningEvent {
  readonly type: 'warning';
  /** What there is to know, in a sentence. */
  readonly message: string;
}

/** How far a run is between its `step` events: after each step that none reports, and each chunk of a step in chunks. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** Steps done; a fraction within a step. */
  readonly step: number;
}

/** A step is done, the weights are updated. */
export interface StepEvent {
  readonly type: 'step';
  /** Steps done, 1 for the first. */
  readonly step: number;
  /** Epoch this step belongs to, 1 for the first. */
  readonly epoch: number;
  /** That of the step's images, in nats. */
  readonly loss: number;
  /** That of this step. */
  readonly learningRate: number;
  /** Images (not views) trained on per second since the previous step event; the reader's own time does not count. */
  readonly imagesPerSecond: number;
  /** How q is spread over the step's anchors. */
  readonly multiplier: MultiplierStatistics;
}

/** An epoch is done. */
export interface EpochEvent {
  readonly type: 'epoch';
  /** 1 for the first. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** Mean over the epoch's steps, also where the run was stopped and resumed in between. */
  readonly loss: number;
  /** Spent training this epoch, over all sittings, without what the reader did between events. */
  readonly seconds: number;
}

/** What the run's `evaluate` found after an epoch. */
export interface EvaluationEvent {
  readonly type: 'evaluation';
  /** Epoch after which it was evaluated, 1 for the first. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** What was found. */
  readonly accuracies: Accuracies;
  /** Spent evaluating; the seconds of other events are without it. */
  readonly seconds: number;
}

/** Shares of images that are classified rightly, 0 to 1, by what to call them, such as `{ 'kNN top-1': 0.43 }`. */
export type Accuracies = Readonly<Record<string, number>>;

/** What a run's folder records, as `readEvents` reads it. */
export type RecordedEvent = StepEvent | EpochEvent | EvaluationEvent;

/** A checkpoint is on disk. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  /** Steps done, from which it would be resumed. */
  readonly step: number;
  /** Where it lies. */
  readonly path: string;
}

/** The run is over, with its last checkpoint written where there are any. */
export interface EndEvent {
  readonly type: 'end';
  /** Whether all epochs were done or the run was stopped before. */
  readonly reason: 'completed' | 'stopped';
  /** Steps done. */
  readonly step: number;
  /** Spent training this run, over all sittings, without what the reader did between events. */
  readonly seconds: number;
}

/** What a run reports, in order: start, warnings if there are any, then steps, epochs, evaluations and checkpoints, then end. */
export type TrainEvent =
  | StartEvent
  | WarningEvent
  | ProgressEvent
  | RecordedEvent
  | CheckpointEvent
  | EndEvent;

/**
 * A pretraining run: nothing happens until its events are read; leaving the loop stops it after a checkpoint. It can be
 * read once only; a second loop throws an InputError.
 */
export interface Run extends AsyncIterable<TrainEvent> {
  /**
   * Ends the run cleanly after the step under way, within a step in chunks after the chunk: a checkpoint is written and `end`
   * says `stopped`.
   */
  stop(): void;
}
