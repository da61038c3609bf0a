export type { BatchResult, Learner, Method } from './method.js';
export { type SimclrHeadOptions, type SimclrOptions, simclr } from './simclr.js';
