export { saveInitialWeights } from './initial-weights.js';
export { torchPretrainingOf } from './of-recipe.js';
export { torchPretrainingOfRun } from './of-run.js';
export type { TorchPretraining } from './pretraining.js';
export { torchScript } from './script.js';
