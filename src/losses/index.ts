export { byName, names } from './by-name.js';
export { crossSimilarities } from './cross-similarities.js';
export { dcl, decoupledTerms } from './dcl.js';
export { type DCLWOptions, dclw } from './dclw.js';
export { coupledTerms, infoNCE } from './info-nce.js';
export { type ContrastiveLoss, contrastiveLoss, type LossSettings } from './loss.js';
export { queueSimilarities } from './queue-similarities.js';
export type { TemperatureOptions } from './settings.js';
export { joined, normalise, type Similarities, similarities } from './similarities.js';
