export { installCudaFiles } from './install/cuda.js';
export { type InstallTensorflowOptions, installTensorflow } from './install/tensorflow.js';
export { type Repeatable, replayable } from './replay.js';
export { type EngineStatistics, statistics } from './statistics.js';
export {
  type EngineDevice,
  type EngineInfo,
  type EngineName,
  engineInUse,
  type UseOptions,
  use,
} from './use.js';
