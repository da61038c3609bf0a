import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { decoupledTerms } from '../../src/losses/dcl.js';
import { normalise, similarities } from '../../src/losses/similarities.js';
import { multiplier } from '../../src/npc/index.js';
import { engines } from '../engines.js';
import golden from '../golden/losses.json' with { type: 'json' };
import { sines, views } from '../losses/embeddings.js';
import { type Rows, referenceMultiplier } from '../losses/reference.js';

const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

const multiplierOf = (z1: Rows, z2: Rows, temperature: number) =>
  tf.tidy(() => multiplier(tensor(z1), tensor(z2), { temperature }).arraySync());

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe('multiplier', () => {
    it('equals a loop over Proposition 1 in float64', () =>
      fc.assert(
        fc.property(views, fc.constantFrom(0.05, 0.1, 0.5, 2), ([z1, z2], temperature) => {
          const actual = multiplierOf(z1, z2, temperature).flat();
          for (const [i, expected] of referenceMultiplier(z1, z2, temperature).entries()) {
            expect(Math.abs(actual[i]! - expected)).toBeLessThan((1e-5 / temperature) * expected + 1e-7);
          }
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
