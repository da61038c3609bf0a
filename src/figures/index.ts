export { type AccuracyBarsOptions, accuracyBars } from './accuracy-bars.js';
export type { PublishedOptions } from './accuracy-by-factor.js';
export {
  type AlignmentUniformityPlaneOptions,
  alignmentUniformityPlane,
} from './alignment-uniformity-plane.js';
export { type ClassAccuracyOptions, classAccuracy } from './class-accuracy.js';
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix.js';
export { type DifferenceByFactorOptions, differenceByFactor } from './difference-by-factor.js';
export { type EmbeddingMapOptions, embeddingMap } from './embedding-map.js';
export { type FactorBySimilarityOptions, factorBySimilarity } from './factor-by-similarity.js';
export type { Figure, Trace } from './figure.js';
export { type GradientAnatomyOptions, gradientAnatomy } from './gradient-anatomy.js';
export {
  type GradientByMultiplierOptions,
  type GradientRatios,
  gradientByMultiplier,
} from './gradient-by-multiplier.js';
export { type LossCurveOptions, type LossHistory, lossCurve } from './loss-curve.js';
export {
  type MultiplierByBatchSizeOptions,
  multiplierByBatchSize,
} from './multiplier-by-batch-size.js';
export {
  type MultiplierDuringTrainingOptions,
  type MultiplierStep,
  multiplierDuringTraining,
} from './multiplier-during-training.js';
export { type MultiplierHistogramOptions, multiplierHistogram } from './multiplier-histogram.js';
export type { MultiplierRow } from './multiplier-row.js';
export {
  type NeighbourClassesOptions,
  type NeighbourShare,
  neighbourClasses,
} from './neighbour-classes.js';
export { type ProjectInput, type ProjectOptions, project } from './project.js';
export { type ReliabilityDiagramOptions, reliabilityDiagram } from './reliability-diagram.js';
export { type SensitivityBarsOptions, sensitivityBars } from './sensitivity-bars.js';
export { type SimilarityMatrixOptions, similarityMatrix } from './similarity-matrix.js';
export {
  accuracyByBatchSize,
  accuracyByEpochs,
  accuracyByQueueSize,
  learningRateSensitivity,
  temperatureSensitivity,
} from './sweep-figures.js';
export type { AxisFactor, SweepFigureOptions } from './sweep-layout.js';
export {
  type TrainingProgressEvaluation,
  type TrainingProgressOptions,
  type TrainingProgressStep,
  trainingProgress,
} from './training-progress.js';
export {
  type VariationByBatchSizeOptions,
  variationByBatchSize,
} from './variation-by-batch-size.js';
export { type VariationInTrainingOptions, variationInTraining } from './variation-in-training.js';
