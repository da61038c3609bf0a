import { requireInteger } from '../errors.js';
import type { ProbabilisticClassification } from './probabilities.js';

/** An image that a classifier gets wrong. */
export interface HardError {
  /** Index of the image in the data set, for `data.read` or `data.subset`. */
  readonly index: number;
  /** Its own class. */
  readonly label: string;
  /** The class that it was taken for. */
  readonly prediction: string;
  /** Probability of the predicted class, 0 to 1. */
  readonly confidence: number;
  /** Probability of its own class, 0 to 1. */
  readonly ownProbability: number;
}

/**
 * The errors that the classifier is surest of, the surest first: where a classifier is good, often wrong labels.
 * @throws InputError for a limit that is no whole number of at least 1
 */
export function hardestErrors(
  { classes, labels, predictions, confidences, logLikelihoods }: ProbabilisticClassification,
  {
    limit = 20,
  }: {
    /** How many at most; 20 by default. */
    readonly limit?: number;
  } = {},
): HardError[] {
  requireInteger('limit', limit);
  const wrong = Array.from(labels.keys()).filter((row) => predictions[row] !== labels[row]);
  const surest = wrong.sort((a, b) => confidences[b]! - confidences[a]! || a - b).slice(0, limit);
  return surest.map((index) => ({
    index,
    label: classes[labels[index]!]!,
    prediction: classes[predictions[index]!]!,
    confidence: confidences[index]!,
    ownProbability: Math.exp(logLikelihoods[index]!),
  }));
}
