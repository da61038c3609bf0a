export { type LoadEncoderOptions, loadEncoder } from './checkpoint.js';
export type * from './events.js';
export type { PretrainOptions } from './plan.js';
export { pretrain } from './pretrain.js';
export { type ExistingRun, type RunSettings, readEvents, readRunSettings } from './run-folder.js';
export {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type StoredTensors,
} from './safetensors.js';
export { cosineWithWarmup, type ScheduleOptions } from './schedule.js';
export { Sgd, type SgdOptions } from './sgd.js';
export { DivergenceError } from './sitting.js';
