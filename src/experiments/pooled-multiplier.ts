import type { MultiplierStatistics } from '../npc/index.js';

/**
 * Mean and coefficient of variation of all q of several batches of one size, from the statistics of each: the mean of
 * the batches' means, and the standard deviation from the mean of their second moments.
 */
export function pooled(
  batches: readonly MultiplierStatistics[],
): Pick<MultiplierStatistics, 'mean' | 'variation'> {
  const average = (of: (batch: MultiplierStatistics) => number) =>
    batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length;
  const mean = average((batch) => batch.mean);
  const secondMoment = average((batch) => batch.mean ** 2 * (1 + batch.variation ** 2));
  const deviation = Math.sqrt(Math.max(0, secondMoment - mean ** 2));
  return { mean, variation: mean === 0 ? 0 : deviation / mean };
}
