import type { CheckpointEvent, EndEvent, EpochEvent, StartEvent } from '../../train/index.js';
import type { ProbabilisticClassification } from '../probabilities.js';

/** A training step is done. */
export interface SupervisedStepEvent {
  readonly type: 'step';
  /** Steps done, 1 for the first. */
  readonly step: number;
  /** Epoch this step belongs to, 1 for the first. */
  readonly epoch: number;
  /** Mean cross-entropy of the batch, in nats. */
  readonly loss: number;
  /** That of this step. */
  readonly learningRate: number;
  /** Images trained on per second since this sitting began. */
  readonly imagesPerSecond: number;
  /** To the end of the run at the pace of this sitting. */
  readonly secondsLeft: number;
}

/** How far the measuring on the test set is, after an epoch or of a run that was complete already. */
export interface MeasuringEvent {
  readonly type: 'measuring';
  /** Images done. */
  readonly done: number;
  /** Images of the test set. */
  readonly total: number;
}

/** An epoch, and how well the classifier does on the test set after it. */
export interface SupervisedEpochEvent extends EpochEvent {
  /** Accuracy on the test set, 0 to 1. */
  readonly top1: number;
  /** Share of test images whose class is among the five likeliest, 0 to 1. */
  readonly top5: number;
}

/** What a run came to: the test set's classification after the last epoch, not the best one. */
export interface SupervisedResult extends ProbabilisticClassification {
  /** Every epoch of the run, those of earlier sittings included. */
  readonly history: readonly SupervisedEpochEvent[];
  /**
   * The highest top1 over epochs, which others report. It is chosen by looking at the test set, so it is too high: name it
   * as what it is.
   */
  readonly maximumOverEpochs: {
    /** The first epoch that reached it, 1 for the first of all. */
    readonly epoch: number;
    /** Its accuracy on the test set, 0 to 1. */
    readonly top1: number;
  };
}

/** The run is over, with its last checkpoint written where there are any. */
export interface SupervisedEndEvent extends EndEvent {
  /** Of a run that is completed; undefined for one that was stopped. */
  readonly result: SupervisedResult | undefined;
}

/** What a run reports, in order: start, then steps, measurings, epochs and checkpoints, then end. */
export type SupervisedEvent =
  | StartEvent
  | SupervisedStepEvent
  | MeasuringEvent
  | SupervisedEpochEvent
  | CheckpointEvent
  | SupervisedEndEvent;

/**
 * A supervised training: nothing happens until its events are read; leaving the loop stops it after a checkpoint. It can be
 * read once only; a second loop throws an InputError.
 */
export interface SupervisedRun extends AsyncIterable<SupervisedEvent> {
  /**
   * Ends the run cleanly after the step under way, or the batch that is being measured: a checkpoint is written and `end` says
   * `stopped`.
   */
  stop(): void;
}
