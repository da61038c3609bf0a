import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { simclrViews } from '../../src/data/index.js';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import { alignment, alignmentUniformity, embed, uniformity } from '../../src/evaluate/index.js';
import { engines, useAnyEngine } from '../engines.js';
import { sines, views } from '../losses/embeddings.js';
import type { Rows } from '../losses/reference.js';
import { smallData, smallEncoder } from '../train/small-run.js';

const flat = (rows: Rows) => ({ features: Float32Array.from(rows.flat()), dimension: rows[0]!.length });

const unit = (row: readonly number[]) => row.map((value) => value / Math.hypot(...row));
const squaredDistance = (a: readonly number[], b: readonly number[]) =>
  unit(a).reduce((sum, value, i) => sum + (value - unit(b)[i]!) ** 2, 0);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The definition, pair by pair. */
function naiveUniformity(rows: Rows): number {
  const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => Math.exp(-2 * squaredDistance(a, b))));
  return Math.log(mean(pairs));
}

describe('alignment', () => {
  test('is 0 for equal directions, 2 for right angles and 4 for opposite ones', () => {
    const z1 = flat([[2, 0]]);
    expect(alignment(z1, flat([[5, 0]]))).toBe(0);
    expect(alignment(z1, flat([[0, 3]]))).toBeCloseTo(2, 6);
    expect(alignment(z1, flat([[-1, 0]]))).toBeCloseTo(4, 6);
  });

  test('is the mean over images, pair by pair', () =>
    fc.assert(
      fc.property(views, ([z1, z2]) => {
        const expected = mean(z1.map((row, i) => squaredDistance(row, z2[i]!)));
        expect(alignment(flat(z1), flat(z2))).toBeCloseTo(expected, 5);
      }),
    ));

  test('refuses views of different images', () => {
    const two = flat([
      [1, 0],
      [0, 1],
    ]);
    expect(() => alignment(two, flat([[1, 0]]))).toThrow(InputError);
    expect(() => alignment(two, { ...two, dimension: 3 })).toThrow('4 values do not fill rows of 3 features');
  });
});

describe.each(engines)('uniformity on the engine %s', (name) => {
  beforeAll(async () => {
    await engine.use({ name });
  });

  test('is 0 where all rows coincide, and the mean potential of the corners of a square', async () => {
    expect(
      await uniformity(
        flat([
          [1, 0],
          [2, 0],
          [3, 0],
        ]),
      ),
    ).toBeCloseTo(0, 6);
    const square = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ];
    const expected = Math.log((2 * Math.exp(-4) + Math.exp(-8)) / 3);
    expect(await uniformity(flat(square))).toBeCloseTo(expected, 5);
    expect(
      await uniformity(
        flat([
          [1, 0],
          [-1, 0],
        ]),
      ),
    ).toBeCloseTo(-8, 4);
  });

  test('agrees with the definition also for more rows than are compared at a time', async () => {
    const [rows] = sines(300, 4);
    expect(await uniformity(flat(rows))).toBeCloseTo(naiveUniformity(rows), 4);
  });

  test('refuses one row alone', async () => {
    await expect(uniformity(flat([[1, 2]]))).rejects.toThrow('1 rows have no pairs');
  });
});

describe('alignmentUniformity', () => {
  beforeAll(useAnyEngine);

  test('of views that are the images themselves is perfect alignment and the uniformity of their features', async () => {
    const encoder = smallEncoder(4);
    const before = encoder.getWeights().map((weight) => [...weight.dataSync()]);
    const whole = simclrViews({
      ...{ cropScale: [1, 1], cropRatio: [1, 1], jitterProbability: 0, flipProbability: 0 },
      grayscaleProbability: 0,
    });
    const { numTensors } = tf.memory();
    const found = await alignmentUniformity({ encoder }, smallData(), {
      views: whole,
      batchSize: 6,
      seed: 4,
    });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(found).toMatchObject({ data: 'noise', images: 12, seed: 4, alignment: 0 });
    expect(found.uniformity).toBeCloseTo(await uniformity(await embed(encoder, smallData())), 4);
    expect(encoder.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
  });

  test('of random views is less aligned, the same for the same seed', async () => {
    const measured = (seed: number) =>
      alignmentUniformity({ encoder: smallEncoder(4) }, smallData(), { seed });
    const first = await measured(1);
    expect(first.alignment).toBeGreaterThan(1e-4);
    expect(await measured(1)).toEqual(first);
    expect((await measured(2)).alignment).not.toBe(first.alignment);
  });

  test('refuses a batch of one image', async () => {
    const refused = alignmentUniformity({ encoder: smallEncoder() }, smallData(), { batchSize: 1 });
    await expect(refused).rejects.toThrow('batchSize is 1');
  });
});
