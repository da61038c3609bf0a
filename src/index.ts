// biome-ignore-all assist/source/organizeImports: rooms stand in the order data passes through them.
/**
 * Which compute runs the tensors. `onnxruntime`, the default, records TensorFlow.js kernels instead of computing them, and compiles a
 * whole training step when a value is read.
 */
export * as engine from './engine/index.js';
/** InfoNCE, DCL and DCLW: pure functions of two views' embeddings. */
export * as losses from './losses/index.js';
/** ResNet encoders and the heads on top of them, all `tf.LayersModel`s. */
export * as models from './models/index.js';
/** Files of weights: safetensors and PyTorch checkpoints, ResNets of other projects as encoders. */
export * as weights from './weights/index.js';
/**
 * Data sets, SimCLR's views, batches. ImageNet's image files are listed in folders, published archives and shards, without reading them.
 */
export * as data from './data/index.js';
/**
 * The negative-positive-coupling multiplier q and Proposition 1's gradients in closed form, one anchor taken apart, and q over a data
 * set at several batch or queue sizes.
 */
export * as npc from './npc/index.js';
/**
 * How the views of a batch become a loss: SimCLR, MoCo v2 and NNCLR, each with any loss; the pieces to make another of.
 */
export * as methods from './methods/index.js';
/** The pretraining run: events, optimisers, schedule, checkpoints; recipes of others. */
export * as train from './train/index.js';
/**
 * Features in memory and on disk, nearest neighbours, kNN, linear evaluation, fine-tuning, what a classifier gets wrong, alignment and
 * uniformity.
 */
export * as evaluate from './evaluate/index.js';
/** Sweeps over settings and seeds, resumable, their tables of results, and comparisons between these. */
export * as experiments from './experiments/index.js';
/** Each figure as a pure function from data to a Plotly figure. */
export * as figures from './figures/index.js';
/** Exercises whose solutions are checked against the library and diagnosed, hints, and a competition with its scoreboard. */
export * as classroom from './classroom/index.js';
/** Display in a notebook or a terminal, runs to watch, the kernel on top of tslab, the runner, HTML pages. */
export * as notebook from './notebook/index.js';
export { InputError, Interrupted } from './errors.js';
