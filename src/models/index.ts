export type { BatchNormOptions } from './batch-norm.js';
export { biasesAndNorms } from './biases-and-norms.js';
export { architectures, byName } from './by-name.js';
export { copyOf } from './copy.js';
export { assertFinite, assertTakes, featuresOf, type NamedImages } from './encoder.js';
export { type Initialisation, initialisation, zeros } from './initialisation.js';
export { type KeptStatistics, keepingStatistics, keptStatistics } from './keep-statistics.js';
export type { PerceptronBatchNorm } from './perceptron.js';
export { type PredictionHeadOptions, predictionHead } from './prediction-head.js';
export { type ProjectionHeadOptions, projectionHead } from './projection-head.js';
export {
  type ResNetOptions,
  type ResNetParts,
  resnet,
  resnet8,
  resnet18,
  resnet34,
  resnet50,
  resnets,
} from './resnet.js';
export { imagenetPixels, type Standardisation, standardisationOf } from './standardise.js';
export { type Stem, type StemName, stemOf, stems } from './stem.js';
export { type ResNetStructure, structureOf } from './structure.js';
export { withHead } from './with-head.js';
