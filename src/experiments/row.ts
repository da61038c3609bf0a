import type { TrialSettings } from './trial.js';
import type { Versions } from './versions.js';

/** What a trial measured. Accuracies are shares from 0 to 1 on the test images after the last epoch. */
export interface Measures {
  readonly knnTop1: number;
  readonly linearTop1: number;
  /** Mean loss over the steps of the last epoch, in nats. */
  readonly finalLoss: number;
  /** Mean of the multiplier q over the anchors of the last epoch's reported steps. */
  readonly meanQ: number;
  /** Coefficient of variation C_v of the same values of q, standard deviation / mean. */
  readonly variationQ: number;
}

/** Where, when and by what a trial was computed; its numbers depend on this by rounding alone. */
export interface Origin extends Versions {
  readonly trainSeconds: number;
  readonly evaluationSeconds: number;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  readonly engine: string;
  readonly device: string;
  readonly threads: number | null;
  readonly processor: string;
}

/** A finished trial: one row of the table of results. */
export interface ResultRow extends TrialSettings, Measures, Origin {
  readonly key: string;
}
