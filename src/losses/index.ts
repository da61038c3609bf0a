export { byName, names } from './by-name.js';
export { dcl } from './dcl.js';
export { type DCLWOptions, dclw } from './dclw.js';
export { infoNCE } from './info-nce.js';
export type { ContrastiveLoss, LossSettings } from './loss.js';
export type { TemperatureOptions } from './settings.js';
export { normalise } from './similarities.js';
