import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import {
  byName,
  crossSimilarities,
  joined,
  normalise,
  queueSimilarities,
  type Similarities,
} from '../../src/losses/index.js';
import { engines } from '../engines.js';
import { queued, sines, views } from './embeddings.js';
import {
  crossExponents,
  type Exponents,
  lossNames,
  lossOfExponents,
  queueExponents,
  type Rows,
  weightsOf,
} from './reference.js';

const sigma = 0.5;
const temperatures = fc.constantFrom(0.05, 0.1, 0.5, 2);
const units = (rows: Rows) => normalise(tf.tensor2d(rows.map((row) => [...row])));
const ones = (shape: number[]) => tf.ones(shape as [number, number]) as tf.Tensor2D;

function expectEqual(actual: Similarities, expected: readonly Exponents[], temperature: number): void {
  const { positives, negatives } = actual;
  expect(negatives.shape).toEqual([expected.length, expected[0]!.negatives.length]);
  const found = [...positives.dataSync(), ...negatives.dataSync()];
  const all = [
    ...expected.map(({ positive }) => positive),
    ...expected.flatMap((anchor) => anchor.negatives),
  ];
  expect(found).toHaveLength(all.length);
  for (const [i, exponent] of all.entries()) {
    expect(Math.abs(found[i]! - exponent)).toBeLessThan(1e-6 / temperature);
  }
}

/** Every loss of the anchors equals the paper's formula. */
function expectLosses(actual: Similarities, expected: readonly Exponents[], temperature: number): void {
  const w = weightsOf(
    expected.map(({ positive }) => positive * temperature),
    sigma,
  );
  for (const name of lossNames) {
    const value = lossOfExponents(name, expected, w);
    const loss = byName(name, { temperature, ...(name === 'dclw' && { sigma }) });
    const difference = Math.abs(loss.ofSimilarities(actual).arraySync() - value);
    expect(difference).toBeLessThan(2e-6 / temperature + 1e-6 * Math.abs(value));
  }
}

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe('crossSimilarities', () => {
    it('and the losses of them equal loops over all pairs in float64', () =>
      fc.assert(
        fc.property(views, temperatures, ([anchors, candidates], temperature) => {
          const expected = crossExponents(anchors, candidates, temperature);
          tf.tidy(() => {
            const actual = crossSimilarities(units(anchors), units(candidates), temperature);
            expectEqual(actual, expected, temperature);
            expectLosses(actual, expected, temperature);
          });
        }),
        { numRuns: 50 },
      ));

    it.each([
      [[1, 3], [1, 3], 'A batch of 1 has no negatives'],
      [[3, 2], [4, 2], 'row i of both must come from image i'],
      [[3, 2, 2], [3, 2, 2], '\\[3, 2, 2\\]'],
    ])('refuses shapes %j and %j', (anchors, candidates, message) => {
      const run = () => crossSimilarities(ones(anchors), ones(candidates), 0.1);
      expect(run).toThrow(InputError);
      expect(run).toThrow(new RegExp(message));
    });
  });

  describe('queueSimilarities', () => {
    it('and the losses of them equal loops over the queue in float64', () =>
      fc.assert(
        fc.property(queued, temperatures, ({ queries, keys, queue }, temperature) => {
          const expected = queueExponents(queries, keys, queue, temperature);
          tf.tidy(() => {
            const actual = queueSimilarities(units(queries), units(keys), units(queue), temperature);
            expectEqual(actual, expected, temperature);
            expectLosses(actual, expected, temperature);
          });
        }),
        { numRuns: 50 },
      ));

    it.each([
      { queries: [3, 2], keys: [4, 2], queue: [5, 2] },
      { queries: [3, 2], keys: [3, 2], queue: [5, 4] },
      { queries: [3, 2], keys: [3, 2], queue: [2] },
      { queries: [3, 2, 2], keys: [3, 2, 2], queue: [5, 2] },
    ])('refuses shapes %o', ({ queries, keys, queue }) => {
      const run = () => queueSimilarities(ones(queries), ones(keys), ones(queue), 0.1);
      expect(run).toThrow(InputError);
      expect(run).toThrow('give [N, d] for both, row i from image i, and [K, d]');
    });
  });

  describe('joined', () => {
    it('puts the anchors of one group after those of the other', () => {
      const [z1, z2] = sines(4, 3);
      const both = joined([
        crossSimilarities(units(z1), units(z2), 0.2),
        crossSimilarities(units(z2), units(z1), 0.2),
      ]);
      const expected = [...crossExponents(z1, z2, 0.2), ...crossExponents(z2, z1, 0.2)];
      expectEqual(both, expected, 0.2);
      expectLosses(both, expected, 0.2);
    });
  });
});
