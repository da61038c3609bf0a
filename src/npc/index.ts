export { type Anatomy, anatomy, type Negative, type Strength } from './anatomy.js';
export type { Anchor } from './anchor.js';
export { type CollectedMultipliers, type CollectOptions, collect } from './collect.js';
export {
  type CollectedQueueMultipliers,
  type CollectQueueOptions,
  collectQueue,
  type QueueModels,
} from './collect-queue.js';
export type { EmbeddingModels } from './embed-views.js';
export { type EmbeddedBatchOptions, type EmbeddedView, embeddedBatch } from './embedded-batch.js';
export { type AnchorGradients, gradients } from './gradients.js';
export { multiplier, multiplierOf, neighbourMultiplier, queueMultiplier } from './multiplier.js';
export { type MultiplierStatistics, statistics } from './statistics.js';
