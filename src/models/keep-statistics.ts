import * as tf from '@tensorflow/tfjs';

/**
 * Does work that applies the models in training mode, and puts batch norm's moving statistics back to where they were.
 * Whatever else the models do not train is put back as well.
 */
export function keepingStatistics<T>(models: readonly tf.LayersModel[], work: () => T): T {
  const before = keptStatistics(models);
  try {
    return work();
  } finally {
    before.restore();
    before.dispose();
  }
}

/** A copy of what models do not train. */
export interface KeptStatistics {
  /** Puts the models back to where they were, as often as it is called. */
  restore(): void;
  /** Frees the copy. */
  dispose(): void;
}

/** What the models do not train, as it is now, to be put back later. */
export function keptStatistics(models: readonly tf.LayersModel[]): KeptStatistics {
  const statistics = models.flatMap((model) =>
    model.nonTrainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  const before = statistics.map((statistic) => statistic.clone());
  return {
    restore: () => {
      for (const [i, statistic] of statistics.entries()) statistic.assign(before[i]!);
    },
    dispose: () => tf.dispose(before),
  };
}
