export { architectures, byName } from './by-name.js';
export { assertFinite, assertTakes, featuresOf, type NamedImages } from './encoder.js';
export { keepingStatistics } from './keep-statistics.js';
export { type ProjectionHeadOptions, projectionHead } from './projection-head.js';
export { type ResNetOptions, resnet8, resnet18, resnet34, resnet50, type Stem } from './resnet.js';
