import { createHash } from 'node:crypto';
import { InputError, requireInteger } from '../../errors.js';
import { byName } from '../../losses/index.js';
import { type Method, simclr } from '../../methods/index.js';
import { type OwnLoss, ownLoss, requireTrainable } from '../own-loss.js';

/** What a student chooses. */
export interface Entry {
  /** Who enters it, as the scoreboard shows it. */
  readonly name: string;
  /** `infonce`, `dcl` or `dclw`, or a loss of one's own. */
  readonly loss: string | OwnLoss;
  /** Divides the similarities; above 0. */
  readonly temperature: number;
  /** Images of a step, at least 2. */
  readonly batchSize: number;
  /** Highest learning rate; it falls to 0 by half a cosine. */
  readonly learningRate: number;
  /** Smallest and largest share of the image's area that a view covers, in (0, 1]. */
  readonly cropScale: readonly [number, number];
  /** Different images to train on. The budget decides how often each is seen: fewer images, more epochs. */
  readonly images: number;
  /** Decides the initial weights, the images, their order and their views. */
  readonly seed: number;
}

/** How often each image can be seen. @throws InputError where the budget does not suffice for one epoch */
export function epochsOf({ images, batchSize }: Entry, budget: number): number {
  requireInteger('images', images, 2);
  if (images > budget) {
    throw new InputError(
      `images is ${images}, more than the budget of ${budget} images: take at most ${budget}.`,
    );
  }
  requireInteger('batchSize', batchSize, 2, images);
  return Math.floor(budget / images);
}

/** @throws InputError for an unknown loss, one that cannot be trained with, or a temperature that cannot be used */
export function methodOf({ loss, temperature }: Entry): Method {
  if (typeof loss === 'function') {
    const method = ownLoss(loss, { temperature });
    requireTrainable(loss, temperature);
    return method;
  }
  return simclr({ loss: byName(loss, { temperature }) });
}

/** Name of the run's folder: entries that differ in anything have different ones. */
export function runName({ loss, ...settings }: Entry): string {
  const text = JSON.stringify({ ...settings, loss: String(loss) });
  return `run-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

/** @throws InputError for a name that is empty or longer than the scoreboard shows */
export function requireName(name: string): void {
  if (typeof name === 'string' && /^\S.{0,39}$/u.test(name)) return;
  throw new InputError(`name is ${JSON.stringify(name)}; give 1 to 40 letters, on one line.`);
}
