import type { ContrastiveLoss, Similarities } from '../losses/index.js';
import { multiplierOf } from '../npc/index.js';
import type { BatchResult } from './method.js';

/**
 * The loss of a batch's anchors, and q of each.
 * @param similarities - over the loss's temperature, such as `losses.crossSimilarities` gives them
 */
export function contrast(loss: ContrastiveLoss, similarities: Similarities): BatchResult {
  return { loss: loss.ofSimilarities(similarities), multiplier: multiplierOf(similarities) };
}
