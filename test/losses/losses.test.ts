import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { byName, type ContrastiveLoss, dcl, dclw, infoNCE } from '../../src/losses/index.js';
import { engines } from '../engines.js';
import golden from '../golden/losses.json' with { type: 'json' };
import { sines, views } from './embeddings.js';
import { type LossName, lossNames, type Rows, referenceLoss, weights } from './reference.js';

const temperatures = fc.constantFrom(0.01, 0.05, 0.1, 0.5, 2);
const tensor = (rows: Rows) => tf.tensor2d(rows.map((row) => [...row]));

function lossOf(loss: ContrastiveLoss, z1: Rows, z2: Rows): number {
  return tf.tidy(() => loss(tensor(z1), tensor(z2)).arraySync());
}

function gradientsOf(loss: ContrastiveLoss, z1: Rows, z2: Rows): number[] {
  return tf.tidy(() => {
    const gradients = tf.grads((a, b) => loss(a as tf.Tensor2D, b as tf.Tensor2D))([tensor(z1), tensor(z2)]);
    return gradients.flatMap((gradient) => [...gradient.dataSync()]);
  });
}

/** Central differences in float64 of the loop over the formulas, DCLW's weights held at their value. */
function differences(name: LossName, z1: Rows, z2: Rows, temperature: number): number[] {
  const step = 1e-6;
  const fixedWeights = weights(z1, z2, 0.5);
  const all = [...z1, ...z2].flat();
  const at = (changed: readonly number[]) => {
    const columns = z1[0]!.length;
    const rows = Array.from({ length: 2 * z1.length }, (_, i) =>
      changed.slice(i * columns, (i + 1) * columns),
    );
    return referenceLoss(name, rows.slice(0, z1.length), rows.slice(z1.length), temperature, fixedWeights);
  };
  return all.map((x, i) => (at(all.with(i, x + step)) - at(all.with(i, x - step))) / (2 * step));
}

/** Largest difference, relative to the largest expected element. */
function error(actual: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe.each(lossNames)('%s', (name) => {
    it('equals a loop over the formula in float64', () =>
      fc.assert(
        fc.property(views, temperatures, ([z1, z2], temperature) => {
          const expected = referenceLoss(name, z1, z2, temperature, weights(z1, z2, 0.5));
          const actual = lossOf(byName(name, { temperature }), z1, z2);
          expect(Math.abs(actual - expected)).toBeLessThan(1e-6 / temperature + 1e-6 * Math.abs(expected));
        }),
      ));

    it('has the gradient that finite differences of the formula give', () =>
      fc.assert(
        fc.property(views, fc.constantFrom(0.05, 0.1, 0.5, 2), ([z1, z2], temperature) => {
          const actual = gradientsOf(byName(name, { temperature }), z1, z2);
          expect(error(actual, differences(name, z1, z2, temperature))).toBeLessThan(1e-3);
        }),
        { numRuns: 30 },
      ));

    it.each(golden.losses.filter(({ loss }) => loss === name))(
      'has the value and the gradients that PyTorch gives at temperature $temperature',
      ({ temperature, value, gradients }) => {
        const [z1, z2] = sines(golden.images, golden.features);
        const loss = byName(name, { temperature });
        expect(lossOf(loss, z1, z2)).toBeCloseTo(value, 4);
        expect(error(gradientsOf(loss, z1, z2), gradients.flat(2))).toBeLessThan(1e-5 / temperature);
      },
    );

    it('does not depend on the lengths of the embeddings', () => {
      const [z1, z2] = sines(6, 4);
      const longer = z1.map((row, i) => row.map((x) => x * (i + 1) * 1000));
      expect(lossOf(byName(name), longer, z2)).toBeCloseTo(lossOf(byName(name), z1, z2), 5);
    });

    it('treats both views alike', () => {
      const [z1, z2] = sines(5, 3);
      expect(lossOf(byName(name), z2, z1)).toBeCloseTo(lossOf(byName(name), z1, z2), 5);
    });

    it('stays finite at temperature 0.01 for equal and for opposite embeddings', () => {
      const equal = Array.from({ length: 4 }, () => [1, 0, 0]);
      const opposite = equal.map((row, i) => row.map((x) => (i % 2 === 0 ? x : -x)));
      for (const z2 of [equal, opposite]) {
        const loss = byName(name, { temperature: 0.01 });
        expect(lossOf(loss, equal, z2)).toSatisfy(Number.isFinite);
        expect(gradientsOf(loss, equal, z2)).toSatisfy((all: number[]) => all.every(Number.isFinite));
      }
    });

    it('gives finite gradients where an embedding is zero', () => {
      const gradients = gradientsOf(
        byName(name),
        [
          [0, 0],
          [1, 2],
        ],
        [
          [3, 1],
          [0, 1],
        ],
      );
      expect(gradients).toSatisfy((all: number[]) => all.every(Number.isFinite));
    });

    it('leaves no tensor behind but its value', () => {
      const [z1, z2] = sines(3, 4).map(tensor);
      const before = tf.memory().numTensors;
      byName(name)(z1!, z2!).dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it.each([
      [[1, 3], [1, 3], 'A batch of 1 has no negatives'],
      [[3, 2], [4, 2], 'row i of both must come from image i'],
      [[3, 2], [3, 4], 'row i of both must come from image i'],
      [[3, 2, 2], [3, 2, 2], '\\[3, 2, 2\\] and \\[3, 2, 2\\]'],
    ])('refuses views of shapes %j and %j', (shape1, shape2, message) => {
      const run = () =>
        byName(name)(
          tf.ones<tf.Rank.R2>(shape1 as [number, number]),
          tf.ones<tf.Rank.R2>(shape2 as [number, number]),
        );
      expect(run).toThrow(InputError);
      expect(run).toThrow(new RegExp(message));
    });

    it.each([0, -0.1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the temperature %d', (temperature) => {
      expect(() => byName(name, { temperature })).toThrow(InputError);
      expect(() => byName(name, { temperature })).toThrow(`temperature is ${temperature}`);
    });
  });

  describe('closed forms', () => {
    const equal = Array.from({ length: 5 }, () => [3, 4]);

    it('InfoNCE of equal embeddings is the log of the number of candidates', () => {
      expect(lossOf(infoNCE(), equal, equal)).toBeCloseTo(Math.log(9), 5);
    });

    it('DCL of equal embeddings is the log of the number of negatives', () => {
      expect(lossOf(dcl(), equal, equal)).toBeCloseTo(Math.log(8), 5);
    });

    it('DCL is negative where positives agree and negatives do not', () => {
      const corners = [
        [1, 0],
        [-1, 0],
      ];
      expect(lossOf(dcl({ temperature: 0.5 }), corners, corners)).toBeCloseTo(Math.log(2) - 4, 5);
    });

    it('DCLW is DCL where all positives are equally hard', () => {
      const [z1] = sines(6, 3);
      expect(lossOf(dclw(), z1, z1)).toBeCloseTo(lossOf(dcl(), z1, z1), 4);
    });

    it('DCLW weighs by similarity over sigma', () => {
      const [z1, z2] = sines(6, 3);
      const expected = referenceLoss('dclw', z1, z2, 0.2, weights(z1, z2, 0.9));
      expect(lossOf(dclw({ temperature: 0.2, sigma: 0.9 }), z1, z2)).toBeCloseTo(expected, 4);
    });

    it('the weights of DCLW survive a sigma of 0.005, where exp(1 / sigma) leaves float32', () => {
      const [z1, z2] = sines(4, 3);
      const expected = referenceLoss('dclw', z1, z2, 0.1, weights(z1, z2, 0.005));
      expect(lossOf(dclw({ sigma: 0.005 }), z1, z2)).toBeCloseTo(expected, 2);
    });
  });
});

describe('byName', () => {
  it('gives losses that carry their name and settings', () => {
    for (const { lossName, settings } of [infoNCE(), dcl({ temperature: 0.2 }), dclw()]) {
      const again = byName(lossName, settings);
      expect(again.lossName).toBe(lossName);
      expect(again.settings).toEqual(settings);
    }
    expect(byName('infonce').settings).toEqual({ temperature: 0.1 });
    expect(byName('dclw').settings).toEqual({ temperature: 0.1, sigma: 0.5 });
  });

  it.each(['DCL', 'ntxent', 'constructor'])('lists the losses there are when asked for %s', (name) => {
    expect(() => byName(name)).toThrow(InputError);
    expect(() => byName(name)).toThrow('infonce, dcl, dclw');
  });

  it('refuses a sigma that the loss does not have', () => {
    expect(() => byName('dcl', { sigma: 0.5 })).toThrow('the loss dcl has only temperature');
    expect(() => byName('dclw', { sigma: 0 })).toThrow('sigma is 0');
  });
});
