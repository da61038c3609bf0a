export { byName, names } from './by-name.js';
export { type DCLOptions, dcl } from './dcl.js';
export { type DCLWOptions, dclw } from './dclw.js';
export { type InfoNCEOptions, infoNCE } from './info-nce.js';
export type { ContrastiveLoss, LossSettings } from './loss.js';
