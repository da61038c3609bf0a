export { architectures, byName } from './by-name.js';
export { copyOf } from './copy.js';
export { assertFinite, assertTakes, featuresOf, type NamedImages } from './encoder.js';
export { initialisation } from './initialisation.js';
export { keepingStatistics } from './keep-statistics.js';
export type { PerceptronBatchNorm } from './perceptron.js';
export { type PredictionHeadOptions, predictionHead } from './prediction-head.js';
export { type ProjectionHeadOptions, projectionHead } from './projection-head.js';
export { type ResNetOptions, resnet8, resnet18, resnet34, resnet50, type Stem } from './resnet.js';
