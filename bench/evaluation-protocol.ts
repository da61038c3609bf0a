/** What the contestants of evaluation.ts are asked and what they reply: one JSON object a line each. */

export interface EvaluationRequest {
  /** Classify all queries by their neighbours, or fit a linear classifier for an epoch, after one that is not timed. */
  readonly command: 'knn' | 'linear';
}

export interface EvaluationTimed {
  readonly seconds: number;
  /** Accuracy of kNN, or the mean cross-entropy of the epoch. */
  readonly result: number;
}

/** Features as evaluation.ts writes them: float32 row by row, and the label of row i is i modulo the classes. */
export interface FeatureFiles {
  readonly memory: string;
  readonly queries: string;
  readonly rows: number;
  readonly asked: number;
  readonly dimension: number;
  readonly classes: number;
  readonly threads: number;
}
