import * as tf from '@tensorflow/tfjs';
import { requirePositive } from '../errors.js';
import type { DCLWOptions } from '../losses/dclw.js';
import { defaults } from '../losses/settings.js';
import { normalise } from '../losses/similarities.js';
import { type Anchor, comparison, logits } from './anchor.js';
import { gradients } from './gradients.js';

/** One negative of an anchor. */
export interface Negative extends Anchor {
  /** Cosine with the anchor, -1 to 1. */
  readonly similarity: number;
  /** Its part of U, 0 to 1; all of them add up to 1. */
  readonly share: number;
}

/** How hard each of the three losses pulls or pushes. */
export interface Strength {
  /** Of InfoNCE. */
  readonly infonce: number;
  /** Of DCL. */
  readonly dcl: number;
  /** Of DCLW. */
  readonly dclw: number;
}

/** What the losses do with one anchor: how hard the positive is pulled and each negative pushed. */
export interface Anatomy extends Anchor {
  /** Divides the cosines. */
  readonly temperature: number;
  /** Width of DCLW's weights. */
  readonly sigma: number;
  /** q of InfoNCE, between 0 and 1. */
  readonly multiplier: number;
  /** w of DCLW; mean 1 over the batch, may be negative. */
  readonly weight: number;
  /** Cosine of anchor and positive. */
  readonly similarity: number;
  /** Length of the gradient on the positive, with the sign of a pull: q / t, 1 / t and w / t at temperature t. */
  readonly pull: Strength;
  /** Length of the gradient on all negatives together: q / t, 1 / t and 1 / t; each gets its share of it. */
  readonly push: Strength;
  /** Hardest first. */
  readonly negatives: readonly Negative[];
}

/**
 * The gradient of one anchor taken apart (Yeh et al., ECCV 2022, Propositions 1 and 2 and the weights of DCLW). The
 * embeddings are scaled to unit length inside, as in the losses, and then taken as free vectors.
 *
 * @param z1 embeddings of view 1, [N, d]
 * @param z2 embeddings of view 2, [N, d]; row i of both comes from image i
 * @param options which anchor; temperature 0.1 and sigma 0.5 by default
 * @throws InputError unless both are [N, d] with N of at least 2, the anchor is one of theirs, and temperature and sigma
 *   are finite numbers above 0
 */
export async function anatomy(
  z1: tf.Tensor2D,
  z2: tf.Tensor2D,
  options: Anchor & DCLWOptions,
): Promise<Anatomy> {
  const { view, image, temperature = defaults.temperature, sigma = defaults.sigma } = options;
  requirePositive('temperature', temperature);
  requirePositive('sigma', sigma);
  const tensors = tf.tidy(() => {
    const [u1, u2] = [normalise(z1), normalise(z2)];
    const { multiplier, shares } = gradients(u1, u2, { view, image, temperature });
    const cosines = logits(comparison(u1, u2, { view, image }), 1);
    return { multiplier, shares, negatives: cosines.negatives, pairs: tf.sum(tf.mul(u1, u2), 1) };
  });
  const read = (tensor: tf.Tensor) => tensor.data<'float32'>();
  try {
    const [[q], shares, cosines, pairs] = await Promise.all([
      read(tensors.multiplier),
      read(tensors.shares),
      read(tensors.negatives),
      read(tensors.pairs),
    ]);
    const weight = dclwWeight(pairs, image, sigma);
    const negatives = named(image, pairs.length, cosines, shares);
    const pull = { infonce: q! / temperature, dcl: 1 / temperature, dclw: weight / temperature };
    const push = { infonce: q! / temperature, dcl: 1 / temperature, dclw: 1 / temperature };
    const similarity = pairs[image]!;
    return { view, image, temperature, sigma, multiplier: q!, weight, similarity, pull, push, negatives };
  } finally {
    tf.dispose(tensors);
  }
}

/** w = 2 - exp(s / sigma) / mean exp(s / sigma) of one image, where s are the cosines of all positive pairs. */
function dclwWeight(similarities: Float32Array, image: number, sigma: number): number {
  const own = similarities[image]!;
  const relative = similarities.reduce((sum, other) => sum + Math.exp((other - own) / sigma), 0);
  return 2 - similarities.length / relative;
}

function named(image: number, images: number, cosines: Float32Array, shares: Float32Array): Negative[] {
  const others = Array.from({ length: images }, (_, i) => i).filter((i) => i !== image);
  const anchors = ([1, 2] as const).flatMap((view) => others.map((other) => ({ view, image: other })));
  return anchors
    .map((anchor, n) => ({ ...anchor, similarity: cosines[n]!, share: shares[n]! }))
    .sort((a, b) => b.share - a.share);
}
