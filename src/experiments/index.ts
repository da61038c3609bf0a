export { type ArmSettings, arm, type ComparedFactor } from './arms.js';
export { type Column, columns, type Measure, type Setting } from './columns.js';
export {
  type CompareOptions,
  type Comparison,
  type ComparisonsOptions,
  compare,
  comparisons,
} from './compare.js';
export type * from './events.js';
export { type MeanInterval, meanInterval, type Verdict, verdict } from './interval.js';
export { provenance } from './provenance.js';
export { type PublishedResults, published } from './published.js';
export { readSpec } from './require-spec.js';
export { type Results, readResults, writeResults } from './results.js';
export type { Measures, Origin, ResultRow } from './row.js';
export { readTable, type Saved, type SavedRow, type SavedTable, writeTable } from './saved-table.js';
export { type MeasureRange, type Sensitivity, type SensitivityOptions, sensitivity } from './sensitivity.js';
export type { Factor, LearningRateRule, OneOrMore, SweepSpec, VariedAlone } from './spec.js';
export { summarise } from './summary.js';
export { type SweepOptions, sweep } from './sweep.js';
export { trialRun } from './sweep-folder.js';
export type { SweepImages, Trial, TrialSettings } from './trial.js';
export { computeTask, type TaskOptions } from './trial-task.js';
