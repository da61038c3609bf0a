export {
  type AlignmentUniformity,
  type AlignmentUniformityOptions,
  alignment,
  alignmentUniformity,
  type Rows,
  uniformity,
} from './alignment-uniformity.js';
export { type Classification, classification } from './classification.js';
export { type Embeddings, type EmbedOptions, embed } from './embed.js';
export { type KnnOptions, knn } from './knn.js';
export {
  type LinearEvaluation,
  type LinearEvaluationOptions,
  linearEvaluation,
} from './linear-evaluation.js';
export { type NearestNeighbours, nearestNeighbours } from './nearest-neighbours.js';
export { saveEmbeddings } from './save-embeddings.js';
