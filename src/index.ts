/** Exercises whose solutions are checked against the library and diagnosed, hints, and a competition with its scoreboard. */
export * as classroom from './classroom/index.js';
export * as data from './data/index.js';
export * as engine from './engine/index.js';
export { InputError } from './errors.js';
export * as evaluate from './evaluate/index.js';
export * as experiments from './experiments/index.js';
export * as figures from './figures/index.js';
export * as losses from './losses/index.js';
export * as methods from './methods/index.js';
export * as models from './models/index.js';
export * as notebook from './notebook/index.js';
export * as npc from './npc/index.js';
export * as train from './train/index.js';
export * as weights from './weights/index.js';
