export { type AccuracyInterval, accuracyInterval } from './accuracy-interval.js';
export {
  type AlignmentUniformity,
  type AlignmentUniformityOptions,
  alignment,
  alignmentUniformity,
  type Rows,
  uniformity,
} from './alignment-uniformity.js';
export { type Calibration, type CalibrationBin, calibration } from './calibration.js';
export { type Classification, classification } from './classification.js';
export { type ConfusedPair, type ConfusionMatrix, confusionMatrix, mostConfused } from './confusion.js';
export { type EmbedOptions, embed } from './embed.js';
export { encoderFingerprint } from './encoder-fingerprint.js';
export { type ExtractFeaturesOptions, extractFeatures, extractPart } from './extract-features.js';
export type { ExtractionProgress } from './extraction.js';
export type { FeaturePart } from './feature-folder.js';
export { extractedRows, type JoinFeaturesOptions, joinFeatures } from './feature-parts.js';
export type { Embeddings, FeatureSet, Features, LabelledRows } from './feature-set.js';
export { type HardError, hardestErrors } from './hardest-errors.js';
export { type KnnOptions, knn } from './knn.js';
export { type KnnDuringTrainingOptions, knnDuringTraining } from './knn-during-training.js';
export {
  type LinearEvaluation,
  type LinearEvaluationOptions,
  linearEvaluation,
} from './linear-evaluation.js';
export { type NearestNeighbours, nearestNeighbours } from './nearest-neighbours.js';
export { openFeatures, type StoredFeatures } from './open-features.js';
export type { ProbabilisticClassification } from './probabilities.js';
export { type SaveEmbeddingsOptions, saveEmbeddings } from './save-embeddings.js';
export type * from './supervised/events.js';
export type { SupervisedOptions } from './supervised/plan.js';
export { fineTune, onlineLinearEvaluation } from './supervised/run.js';
