import { requireInteger } from '../errors.js';
import type { ProbabilisticClassification } from './probabilities.js';

/** The rows whose predicted class has a probability from `from` (excluded) to `to`. */
export interface CalibrationBin {
  /** Lower end of the probabilities, excluded. */
  readonly from: number;
  /** Upper end of the probabilities, included. */
  readonly to: number;
  /** Rows in the bin. */
  readonly count: number;
  /** Mean probability of the predicted class; NaN for an empty bin. */
  readonly confidence: number;
  /** Share of the predictions that are right; NaN for an empty bin. */
  readonly accuracy: number;
}

/** Whether a classifier is right as often as it says. */
export interface Calibration {
  /** Expected calibration error: mean distance of confidence and accuracy over the bins, weighted by their rows, 0 to 1. */
  readonly expectedCalibrationError: number;
  /** Mean negative log-likelihood of the rows' own classes, in nats. */
  readonly negativeLogLikelihood: number;
  /** The reliability table, from the lowest confidence up. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Calibration by bins of equal width (Guo et al., On Calibration of Modern Neural Networks, ICML 2017).
 * @throws InputError for a number of bins that is no whole number of at least 1
 */
export function calibration(
  { confidences, predictions, labels, logLikelihoods }: ProbabilisticClassification,
  {
    bins = 15,
  }: {
    /** Number of bins; 15 by default, as in that paper. */
    readonly bins?: number;
  } = {},
): Calibration {
  requireInteger('bins', bins);
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (const [row, confidence] of confidences.entries()) {
    // A softmax is above 0; rounding may take it a little above 1.
    const bin = sums[Math.min(bins, Math.ceil(confidence * bins)) - 1]!;
    bin.count += 1;
    bin.confidence += confidence;
    bin.correct += Number(predictions[row] === labels[row]);
  }
  const rows = confidences.length;
  return {
    expectedCalibrationError: sums.reduce(
      (total, { confidence, correct }) => total + Math.abs(confidence - correct) / rows,
      0,
    ),
    negativeLogLikelihood: logLikelihoods.reduce((total, value) => total - value, 0) / rows,
    bins: sums.map(({ count, confidence, correct }, i) => ({
      from: i / bins,
      to: (i + 1) / bins,
      count,
      confidence: confidence / count,
      accuracy: correct / count,
    })),
  };
}
