export { byName, type MethodOptions, names } from './by-name.js';
export type { HeadOptions } from './head.js';
export type { BatchResult, Embedded, Learner, Method } from './method.js';
export { type MocoOptions, moco } from './moco.js';
export type { MomentumSchedule } from './momentum-encoder.js';
export { type NnclrOptions, nnclr } from './nnclr.js';
export { type SimclrOptions, simclr } from './simclr.js';
