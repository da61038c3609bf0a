/** What a sweep and the processes that compute its trials tell each other. */
import type { UseOptions } from '../engine/index.js';
import type { ResultRow } from './row.js';
import type { SweepSpec } from './spec.js';
import type { SweepImages, Trial } from './trial.js';

export type ToWorker =
  | { readonly type: 'open'; readonly spec: SweepSpec; readonly engine: UseOptions }
  | {
      readonly type: 'trial';
      readonly trial: Trial;
      readonly folder: string;
      readonly checkpointSeconds: number;
    }
  /** End after the step under way, with a checkpoint. */
  | { readonly type: 'stop' };

/** How far a trial is. */
export interface TrialStep {
  /** Steps done. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly totalSteps: number;
  /** That of this step, in nats. */
  readonly loss: number;
  /** Images (not views) a second. */
  readonly imagesPerSecond: number;
}

export type FromWorker =
  | { readonly type: 'loading'; readonly done: number; readonly total: number }
  | { readonly type: 'ready'; readonly images: SweepImages }
  /** The engine or the data cannot be used, so no trial can run. */
  | { readonly type: 'unusable'; readonly reason: string }
  | { readonly type: 'begun'; readonly step: number; readonly totalSteps: number }
  | ({ readonly type: 'step' } & TrialStep)
  | { readonly type: 'evaluating' }
  | { readonly type: 'finished'; readonly row: ResultRow }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'stopped' };
