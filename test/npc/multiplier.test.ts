import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { decoupledTerms } from '../../src/losses/dcl.js';
import {
  crossSimilarities,
  dcl,
  infoNCE,
  queueSimilarities,
  type Similarities,
} from '../../src/losses/index.js';
import { normalise, similarities } from '../../src/losses/similarities.js';
import { multiplier, neighbourMultiplier, queueMultiplier } from '../../src/npc/index.js';
import { engines } from '../engines.js';
import golden from '../golden/losses.json' with { type: 'json' };
import { queued, sines, views } from '../losses/embeddings.js';
import {
  crossExponents,
  multipliersOf,
  queueExponents,
  type Rows,
  referenceMultiplier,
} from '../losses/reference.js';

const temperatures = fc.constantFrom(0.05, 0.1, 0.5, 2);
const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

function expectClose(actual: ArrayLike<number>, expected: readonly number[], temperature: number): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, q] of expected.entries()) {
    expect(Math.abs(actual[i]! - q)).toBeLessThan((1e-5 / temperature) * q + 1e-7);
  }
}

const multiplierOf = (z1: Rows, z2: Rows, temperature: number) =>
  tf.tidy(() => multiplier(tensor(z1), tensor(z2), { temperature }).arraySync());

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe('multiplier', () => {
    it('equals a loop over Proposition 1 in float64', () =>
      fc.assert(
        fc.property(views, temperatures, ([z1, z2], temperature) => {
          const expected = referenceMultiplier(z1, z2, temperature);
          expectClose(multiplierOf(z1, z2, temperature).flat(), expected, temperature);
        }),
      ));

    it.each(golden.multipliers)('is what PyTorch gives at temperature $temperature', ({ temperature, q }) => {
      const actual = multiplierOf(...sines(golden.images, golden.features), temperature);
      expect(actual).toHaveLength(2);
      for (const [view, row] of q.entries()) {
        for (const [sample, value] of row.entries()) expect(actual[view]![sample]).toBeCloseTo(value, 4);
      }
    });

    it('keeps the relative accuracy of small values, where 1 - p would give 0', () => {
      const corners = [
        [1, 0],
        [-1, 0],
      ];
      // pos = 1, both negatives -1: U / exp(pos / t) = 2 exp(-2 / t), about 8e-18 at t = 0.05.
      const expected = 2 * Math.exp(-40);
      for (const q of multiplierOf(corners, corners, 0.05).flat()) {
        expect(q / expected).toBeCloseTo(1, 4);
      }
    });

    it('refuses one image alone and a temperature of 0', () => {
      const one = tf.ones<tf.Rank.R2>([1, 3]);
      expect(() => multiplier(one, one)).toThrow(InputError);
      expect(() => multiplier(tf.ones([2, 3]), tf.ones([2, 3]), { temperature: 0 })).toThrow(InputError);
    });
  });

  describe('queueMultiplier', () => {
    const queueMultiplierOf = (queries: Rows, keys: Rows, queue: Rows, temperature: number) =>
      tf.tidy(() => [
        ...queueMultiplier(tensor(queries), tensor(keys), tensor(queue), { temperature }).dataSync(),
      ]);

    it('equals a loop over the queue in float64', () =>
      fc.assert(
        fc.property(queued, temperatures, ({ queries, keys, queue }, temperature) => {
          const expected = multipliersOf(queueExponents(queries, keys, queue, temperature));
          expectClose(queueMultiplierOf(queries, keys, queue, temperature), expected, temperature);
        }),
      ));

    it('grows with every key that the queue gets, whatever it is', () =>
      fc.assert(
        // At these temperatures no key's share of U is lost in float32.
        fc.property(queued, fc.constantFrom(1, 2), ({ queries, keys, queue, more }, temperature) => {
          const before = queueMultiplierOf(queries, keys, queue, temperature);
          const after = queueMultiplierOf(queries, keys, [...queue, ...more], temperature);
          for (const [i, q] of before.entries()) expect(after[i]).toBeGreaterThan(q);
        }),
      ));

    it('refuses shapes that do not fit and a temperature of 0', () => {
      const [two, three] = [tf.ones<tf.Rank.R2>([2, 3]), tf.ones<tf.Rank.R2>([3, 3])];
      expect(() => queueMultiplier(two, three, three)).toThrow(InputError);
      expect(() => queueMultiplier(two, two, three, { temperature: 0 })).toThrow(InputError);
    });
  });

  describe('neighbourMultiplier', () => {
    it('equals a loop over the other predictions in float64', () =>
      fc.assert(
        fc.property(views, temperatures, ([neighbours, predictions], temperature) => {
          const actual = tf.tidy(() =>
            neighbourMultiplier(tensor(neighbours), tensor(predictions), { temperature }).dataSync(),
          );
          const expected = multipliersOf(crossExponents(neighbours, predictions, temperature));
          expectClose(actual, expected, temperature);
        }),
      ));

    it('refuses one image alone and a temperature of 0', () => {
      const [one, two] = [tf.ones<tf.Rank.R2>([1, 3]), tf.ones<tf.Rank.R2>([2, 3])];
      expect(() => neighbourMultiplier(one, one)).toThrow(InputError);
      expect(() => neighbourMultiplier(two, two, { temperature: 0 })).toThrow(InputError);
    });
  });

  describe('Proposition 1 of anchors with other negatives', () => {
    /** Of InfoNCE's and of DCL's term of one anchor, with respect to that anchor. */
    const slopesOf = (
      anchors: tf.Tensor2D,
      compare: (anchors: tf.Tensor2D) => Similarities,
      i: number,
      temperature: number,
    ) =>
      [infoNCE({ temperature }), dcl({ temperature })].map((loss) => {
        const slopes = tf.grad((z) => {
          const { positives, negatives } = compare(z as tf.Tensor2D);
          const own = { positives: tf.slice(positives, i, 1), negatives: tf.slice(negatives, i, 1) };
          return loss.ofSimilarities(own);
        })(anchors);
        return tf.slice(slopes as tf.Tensor2D, i, 1).dataSync();
      });

    /** InfoNCE's gradient is q times DCL's. */
    const expectProposition = (
      anchors: tf.Tensor2D,
      compare: (anchors: tf.Tensor2D) => Similarities,
      multipliers: tf.Tensor1D,
      temperature: number,
    ) => {
      for (const [i, q] of multipliers.dataSync().entries()) {
        const [coupled, decoupled] = slopesOf(anchors, compare, i, temperature);
        for (const [c, slope] of decoupled!.entries()) {
          expect(Math.abs(coupled![c]! - q * slope) * temperature).toBeLessThan(1e-5 * q + 1e-7);
        }
      }
    };

    it("holds for MoCo's queries against a queue", () =>
      fc.assert(
        fc.property(queued, temperatures, ({ queries, keys, queue }, temperature) =>
          tf.tidy(() => {
            const [q, k, rows] = [queries, keys, queue].map((z) => normalise(tensor(z)));
            const compare = (z: tf.Tensor2D) => queueSimilarities(z, k!, rows!, temperature);
            expectProposition(q!, compare, queueMultiplier(q!, k!, rows!, { temperature }), temperature);
          }),
        ),
        { numRuns: 15 },
      ));

    it("holds for NNCLR's neighbours against the predictions", () =>
      fc.assert(
        fc.property(views, temperatures, (pair, temperature) =>
          tf.tidy(() => {
            const [n, p] = pair.map((z) => normalise(tensor(z)));
            const compare = (z: tf.Tensor2D) => crossSimilarities(z, p!, temperature);
            expectProposition(n!, compare, neighbourMultiplier(n!, p!, { temperature }), temperature);
          }),
        ),
        { numRuns: 15 },
      ));
  });

  describe.each(golden.multipliers.filter(({ temperature }) => temperature > 0.01))(
    'Proposition 1 at temperature $temperature',
    ({ temperature, firstAnchorGradients }) => {
      /** Gradient of one anchor's InfoNCE term, the unit vectors taken as free. */
      const gradientsOf = (u1: tf.Tensor2D, u2: tf.Tensor2D, anchor: number) =>
        tf.grads((a, b) => {
          const terms = decoupledTerms(similarities(a as tf.Tensor2D, b as tf.Tensor2D, temperature));
          return tf.sum(tf.slice(tf.softplus(terms), [anchor], [1]));
        })([u1, u2]) as [tf.Tensor2D, tf.Tensor2D];

      it('autodiff of InfoNCE gives q / temperature times the weighted difference of positive and negatives', () => {
        const [u1, u2] = sines(5, 3).map((z) => normalise(tensor(z))) as [tf.Tensor2D, tf.Tensor2D];
        const [rows1, rows2] = [u1.arraySync(), u2.arraySync()];
        const q = multiplier(u1, u2, { temperature }).arraySync();
        for (let i = 0; i < 5; i++) {
          const gradients = gradientsOf(u1, u2, i).map((gradient) => gradient.arraySync());
          const anchor = rows1[i]!;
          const others = [rows1, rows2].map((rows) =>
            rows.map((row, j) =>
              j === i ? 0 : Math.exp(row.reduce((sum, x, c) => sum + x * anchor[c]!, 0) / temperature),
            ),
          );
          const u = others.flat().reduce((sum, x) => sum + x, 0);
          const factor = q[0]![i]! / temperature;
          for (let c = 0; c < 3; c++) {
            const pulled = [rows1, rows2].reduce(
              (sum, rows, l) => sum + rows.reduce((part, row, j) => part + (others[l]![j]! / u) * row[c]!, 0),
              0,
            );
            expect(-gradients[0]![i]![c]!).toBeCloseTo(factor * (rows2[i]![c]! - pulled), 5);
            expect(-gradients[1]![i]![c]!).toBeCloseTo(factor * anchor[c]!, 5);
            for (const [l, weights] of others.entries()) {
              for (const [j, weight] of weights.entries()) {
                if (j === i) continue;
                expect(-gradients[l]![j]![c]!).toBeCloseTo(-factor * (weight / u) * anchor[c]!, 5);
              }
            }
          }
        }
      });

      it('autodiff of InfoNCE gives the gradients that PyTorch gives', () => {
        const [u1, u2] = sines(golden.images, golden.features).map((z) => normalise(tensor(z)));
        const gradients = gradientsOf(u1!, u2!, 0);
        for (const [view, rows] of firstAnchorGradients.entries()) {
          const actual = gradients[view]!.dataSync();
          for (const [i, expected] of rows.flat().entries()) expect(actual[i]).toBeCloseTo(expected, 5);
        }
      });
    },
  );
});
