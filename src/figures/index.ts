export { type AccuracyBarsOptions, accuracyBars } from './accuracy-bars.js';
export { type EmbeddingMapOptions, embeddingMap } from './embedding-map.js';
export type { Figure, Trace } from './figure.js';
export { type LossCurveOptions, type LossHistory, lossCurve } from './loss-curve.js';
export { type MultiplierHistogramOptions, multiplierHistogram } from './multiplier-histogram.js';
export { type ProjectInput, type ProjectOptions, project } from './project.js';
export { type SimilarityMatrixOptions, similarityMatrix } from './similarity-matrix.js';
export { type TrainingProgressOptions, trainingProgress } from './training-progress.js';
