export type * from './events.js';
export { readSpec } from './require-spec.js';
export { type Results, readResults, writeResults } from './results.js';
export type { Measures, Origin, ResultRow } from './row.js';
export type { Factor, LearningRateRule, OneOrMore, SweepSpec } from './spec.js';
export { type SweepOptions, sweep } from './sweep.js';
export type { SweepImages, Trial, TrialSettings } from './trial.js';
