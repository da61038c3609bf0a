export { type Anatomy, anatomy, type Negative, type Strength } from './anatomy.js';
export type { Anchor } from './anchor.js';
export { type AnchorGradients, gradients } from './gradients.js';
export { multiplier } from './multiplier.js';
export { type MultiplierStatistics, statistics } from './statistics.js';
