import type { TrialSettings } from './trial.js';
import type { Versions } from './versions.js';

/** What a trial measured. Accuracies are shares from 0 to 1 on the test images after the last epoch. */
export interface Measures {
  /** kNN accuracy. */
  readonly knnTop1: number;
  /** Accuracy of linear evaluation. */
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
  /** Spent training, over all sittings. */
  readonly trainSeconds: number;
  /** Spent on kNN and linear evaluation. */
  readonly evaluationSeconds: number;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  /** What computed, as `engine.use` calls it. */
  readonly engine: string;
  /** Where it computed. */
  readonly device: string;
  /** CPU threads that computed; null where the engine decides. */
  readonly threads: number | null;
  /** Model of the CPU. */
  readonly processor: string;
}

/** A finished trial: one row of the table of results. */
export interface ResultRow extends TrialSettings, Measures, Origin {
  /** Names the trial: its factors and a hash of all settings, images and this library's version. */
  readonly key: string;
}
