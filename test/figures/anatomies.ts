import type { Anatomy } from '../../src/npc/index.js';

/** An anchor of a batch of 3, worked out by hand. */
export function anatomyOf(changes: Partial<Anatomy> = {}): Anatomy {
  return {
    view: 1,
    image: 0,
    temperature: 0.5,
    sigma: 0.25,
    multiplier: 0.25,
    weight: 1.5,
    similarity: 0.875,
    pull: { infonce: 0.5, dcl: 2, dclw: 3 },
    push: { infonce: 0.5, dcl: 2, dclw: 2 },
    negatives: [
      { view: 2, image: 2, similarity: 0.5, share: 0.5 },
      { view: 1, image: 1, similarity: 0.4, share: 0.25 },
      { view: 2, image: 1, similarity: 0.3, share: 0.15 },
      { view: 1, image: 2, similarity: 0.2, share: 0.1 },
    ],
    ...changes,
  };
}
