export { multiplier } from './multiplier.js';
export { type MultiplierStatistics, statistics } from './statistics.js';
