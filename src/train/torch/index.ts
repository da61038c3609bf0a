export { saveInitialWeights } from './initial-weights.js';
export type { TorchMethod } from './method.js';
export { torchPretrainingOf } from './of-recipe.js';
export { torchPretrainingOfRun } from './of-run.js';
export type { SettingsGroup, TorchPretraining } from './pretraining.js';
export { torchScript } from './script.js';
