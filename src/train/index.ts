export { DivergenceError } from './divergence.js';
export { readEvents } from './event-record.js';
export type * from './events.js';
export { type LoadOptions, loadEncoder, loadModels, type RunModels } from './load-models.js';
export type { PretrainOptions } from './plan.js';
export { pretrain } from './pretrain.js';
export type { ExistingRun } from './run-folder.js';
export { type RunSettings, readRunSettings } from './run-settings.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type StoredTensors,
} from './safetensors.js';
export { cosineWithWarmup, type ScheduleOptions } from './schedule.js';
export { Sgd, type SgdOptions } from './sgd.js';
