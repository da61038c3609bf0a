// biome-ignore-all assist/source/organizeImports: rooms stand in the order data passes through them.
/** Which compute runs the tensors: onnxruntime by default, TensorFlow where it is installed and sees a GPU. */
export * as engine from './engine/index.js';
/** InfoNCE, DCL and DCLW: pure functions of two views' embeddings. */
export * as losses from './losses/index.js';
/** ResNet encoders and the heads on top of them, all `tf.LayersModel`s. */
export * as models from './models/index.js';
/** Files of weights: safetensors and PyTorch checkpoints, ResNets of other projects as encoders. */
export * as weights from './weights/index.js';
/** Data sets in memory and on disk, SimCLR's views, batches. */
export * as data from './data/index.js';
/** The negative-positive-coupling multiplier q: in closed form, of one anchor, and over a data set. */
export * as npc from './npc/index.js';
/** How the views of a batch become a loss: SimCLR, MoCo v2 and NNCLR, each with any loss; the pieces to make another of. */
export * as methods from './methods/index.js';
/** The pretraining run: events, optimisers, schedule, checkpoints; recipes of others. */
export * as train from './train/index.js';
/** Features, nearest neighbours, kNN, linear evaluation, fine-tuning, what a classifier gets wrong, alignment and uniformity. */
export * as evaluate from './evaluate/index.js';
/** Sweeps over settings and seeds, resumable, their tables of results, and comparisons between them. */
export * as experiments from './experiments/index.js';
/** Each figure as a pure function from data to a Plotly figure. */
export * as figures from './figures/index.js';
/** Display in a notebook or a terminal, live runs, the kernel on top of tslab, the runner, HTML pages. */
export * as notebook from './notebook/index.js';
export { InputError } from './errors.js';
