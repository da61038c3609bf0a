import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { dclw, normalise } from '../../src/losses/index.js';
import { anatomy, gradients } from '../../src/npc/index.js';
import { useAnyEngine } from '../engines.js';
import { sines, views } from '../losses/embeddings.js';
import { type Rows, referenceMultiplier, weights } from '../losses/reference.js';

const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

beforeAll(useAnyEngine);

describe('anatomy', () => {
  it('is that of two images, worked out by hand', async () => {
    // The anchor's positive is at 60 degrees, the other image's views at 90 and 180 degrees.
    const z1 = tf.tensor2d([
      [2, 0],
      [0, 1],
    ]);
    const z2 = tf.tensor2d([
      [0.5, Math.sqrt(0.75)],
      [-3, 0],
    ]);
    const found = await anatomy(z1, z2, { view: 1, image: 0, temperature: 0.5, sigma: 1 });
    const [positive, right, opposite] = [Math.exp(1), Math.exp(0), Math.exp(-2)];
    const u = right + opposite;
    expect(found.similarity).toBeCloseTo(0.5, 6);
    expect(found.multiplier).toBeCloseTo(u / (positive + u), 6);
    expect(found.negatives).toEqual([
      { view: 1, image: 1, similarity: expect.closeTo(0, 6), share: expect.closeTo(right / u, 6) },
      { view: 2, image: 1, similarity: expect.closeTo(-1, 6), share: expect.closeTo(opposite / u, 6) },
    ]);
    // The pairs' cosines are 0.5 and 0.
    const weight = 2 - Math.exp(0.5) / ((Math.exp(0.5) + 1) / 2);
    expect(found.weight).toBeCloseTo(weight, 6);
    expect(found.pull.infonce).toBeCloseTo(2 * found.multiplier, 6);
    expect(found.pull).toMatchObject({ dcl: 2, dclw: expect.closeTo(2 * weight, 5) });
    expect(found.push).toEqual({ infonce: found.pull.infonce, dcl: 2, dclw: 2 });
  });

  it('agrees with the closed forms for every anchor, whatever the length of the embeddings', () =>
    fc.assert(
      fc.asyncProperty(
        views,
        fc.constantFrom(0.1, 0.5),
        fc.constantFrom(0.3, 1),
        async ([a, b], temperature, sigma) => {
          const q = referenceMultiplier(a, b, temperature);
          const w = weights(a, b, sigma);
          for (const [index, expected] of q.entries()) {
            const view = index < a.length ? 1 : 2;
            const image = index % a.length;
            const found = await anatomy(tensor(a), tensor(b), { view, image, temperature, sigma });
            expect(Math.abs(found.multiplier - expected)).toBeLessThan(
              (1e-5 / temperature) * expected + 1e-7,
            );
            expect(found.weight).toBeCloseTo(w[image]!, 4);
            expect(found.negatives).toHaveLength(2 * (a.length - 1));
            expect(found.negatives.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
            const shares = found.negatives.map(({ share }) => share);
            expect(shares).toEqual([...shares].sort((x, y) => y - x));
          }
        },
      ),
      { numRuns: 20 },
    ));

  it('gives each negative the push that its gradient has', async () => {
    const [z1, z2] = sines(4, 3).map(tensor) as [tf.Tensor2D, tf.Tensor2D];
    const { negatives, push } = await anatomy(z1, z2, { view: 2, image: 1, temperature: 0.3 });
    const parts = gradients(normalise(z1), normalise(z2), { view: 2, image: 1, temperature: 0.3 });
    const lengths = [...tf.norm(parts.negatives, 2, 1).dataSync()].sort((a, b) => b - a);
    for (const [i, { share }] of negatives.entries()) {
      expect(share * push.infonce).toBeCloseTo(lengths[i]!, 5);
    }
  });

  it("gives the positive's pull that DCLW's own gradient has", async () => {
    const [z1, z2] = sines(3, 4).map(tensor) as [tf.Tensor2D, tf.Tensor2D];
    const [temperature, sigma] = [0.4, 0.7];
    const pulls = await Promise.all(
      [0, 1, 2].map(
        async (image) => (await anatomy(z1, z2, { view: 1, image, temperature, sigma })).pull.dclw,
      ),
    );
    // Raise all positive cosines at once, holding U: the loss falls by the mean pull.
    const weighted = dclw({ temperature, sigma })(z1, z2).dataSync()[0]!;
    const cosines = tf.sum(tf.mul(normalise(z1), normalise(z2)), 1).dataSync();
    const logU = await Promise.all(
      ([1, 2] as const).flatMap((view) =>
        [0, 1, 2].map(async (image) => {
          const { multiplier, similarity } = await anatomy(z1, z2, { view, image, temperature, sigma });
          return Math.log(multiplier / (1 - multiplier)) + similarity / temperature;
        }),
      ),
    );
    const fromParts =
      logU.reduce((sum, value) => sum + value, 0) / 6 -
      pulls.reduce((sum, pull, image) => sum + pull * cosines[image]!, 0) / 3;
    expect(fromParts).toBeCloseTo(weighted, 4);
  });

  it('leaves no tensor behind', async () => {
    const [z1, z2] = sines(4, 3).map(tensor) as [tf.Tensor2D, tf.Tensor2D];
    const before = tf.memory().numTensors;
    await anatomy(z1, z2, { view: 1, image: 3 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a sigma of 0', async () => {
    const two = tf.ones<tf.Rank.R2>([2, 3]);
    await expect(anatomy(two, two, { view: 1, image: 0, sigma: 0 })).rejects.toThrow('sigma is 0');
  });
});
