import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { arm, type Comparison, compare, comparisons, summarise } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import type { ResultRow } from '../../src/experiments/row.js';
import { row, seeds } from './rows.js';

const infonce = seeds([0.4, 0.5, 0.6]);
const dcl = (changes: Partial<ResultRow> = {}) => seeds([0.41, 0.53, 0.62], { loss: 'dcl', ...changes });

describe('compare', () => {
  test('gives the differences by seed and their paired t interval', () => {
    const comparison: Comparison = compare(infonce, dcl());
    expect(comparison).toMatchObject({ factor: 'loss', a: 'infonce', b: 'dcl', seeds: [1, 2, 3] });
    comparison.differences.forEach((difference, i) => {
      expect(difference).toBeCloseTo([0.01, 0.03, 0.02][i]!, 12);
    });
    // Mean 0.02, s 0.01, t(0.975, 2) 4.30265 (any table of Student's t): half width 4.30265 x 0.01 / sqrt(3).
    expect(comparison.difference.mean).toBeCloseTo(0.02, 12);
    expect(comparison.difference.low).toBeCloseTo(0.02 - 0.0248414, 6);
    expect(comparison.difference.high).toBeCloseTo(0.02 + 0.0248414, 6);
    expect(comparison.text).toBe(
      'loss dcl less loss infonce: +2.00 points of knnTop1 (95 % t-interval -0.48 to 4.48, 3 seeds)',
    );
  });

  test('pairs by seed, whatever the order of the rows', () => {
    const reversed = tableOf(rowsOf(dcl()).reverse());
    expect(compare(infonce, reversed).differences).toEqual(compare(infonce, dcl()).differences);
  });

  test('has no interval for one seed, and says so', () => {
    const { difference, text } = compare(seeds([0.4]), seeds([0.5], { loss: 'dcl' }));
    expect(difference).toMatchObject({ n: 1, low: null, high: null });
    expect(text).toContain('one seed, so no interval');
  });

  test("takes DCLW's sigma for a part of the loss", () => {
    expect(compare(infonce, seeds([0.4, 0.5, 0.6], { loss: 'dclw', sigma: 0.5 })).b).toBe('dclw');
  });

  test('takes the peak learning rate for what its rule makes of the batch size', () => {
    const larger = seeds([0.4, 0.5, 0.6], { batchSize: 64, peakLearningRate: 0.03 });
    expect(compare(infonce, larger, { factor: 'batchSize' })).toMatchObject({ a: 32, b: 64 });
  });

  const confounds: [string, Partial<ResultRow>, RegExp][] = [
    ['temperature', { temperature: 0.5 }, /temperature is 0\.1 in a and 0\.5 in b/],
    ['head', { headFeatures: 64 }, /headFeatures is 128 in a and 64 in b/],
    ['views', { views: '{}' }, /views is .* in a and \{\} in b/],
    [
      'learning-rate rule',
      { learningRateRule: 'constant' },
      /learningRateRule is linear in a and constant in b/,
    ],
    ['learning rate', { learningRate: 0.1 }, /learningRate is 0\.06 in a and 0\.1 in b/],
    ['loss scale', { lossScale: 'sum over the anchors' }, /lossScale is mean.* in a and sum/],
    ['batch size', { batchSize: 64 }, /batchSize is 32 in a and 64 in b/],
    ['epochs', { epochs: 20 }, /epochs is 10 in a and 20 in b/],
    ['warm-up', { warmupEpochs: 1 }, /warmupEpochs/],
    ['momentum', { momentum: 0.8 }, /momentum/],
    ['weight decay', { weightDecay: 0 }, /weightDecay/],
    ['encoder', { architecture: 'resnet8' }, /architecture/],
    ['width', { width: null }, /width is 16 in a and \(none\) in b/],
    ['images', { fingerprint: 'other' }, /fingerprint/],
    ['number of images', { images: 5000 }, /images/],
    ['test images', { testFingerprint: 'other' }, /testFingerprint/],
    ['evaluation', { linearEpochs: 10 }, /linearEpochs/],
    ['version', { dclLab: '0.2.0' }, /dclLab/],
    ['engine', { device: 'webgpu' }, /device is cpu in a and webgpu in b/],
    ['method', { method: 'moco' }, /method/],
  ];
  test.each(confounds)('refuses another %s, and prints the difference', (_, changes, message) => {
    expect(() => compare(infonce, dcl(changes))).toThrow(InputError);
    expect(() => compare(infonce, dcl(changes))).toThrow(message);
  });

  test('prints all differences at once', () => {
    expect(() => compare(infonce, dcl({ temperature: 0.5, epochs: 20 }))).toThrow(/temperature .*epochs/);
  });

  test('refuses other seeds and a seed that is there twice', () => {
    expect(() => compare(infonce, seeds([0.4, 0.5], { loss: 'dcl' }))).toThrow(
      /the seeds are 1,2,3 in a and 1,2 in b/,
    );
    const twice = tableOf([...rowsOf(dcl()), row({ loss: 'dcl', seed: 2 })]);
    expect(() => compare(infonce, twice)).toThrow(/b has a seed twice \(1,2,2,3\)/);
  });

  test('refuses an arm that mixes settings, one without trials, and arms that do not differ', () => {
    const mixed = tableOf([row({ loss: 'dcl' }), row({ loss: 'dcl', seed: 2, temperature: 0.5 })]);
    expect(() => compare(infonce, mixed)).toThrow(/b mixes temperature 0\.1 and 0\.5/);
    expect(() => compare(infonce, tableOf([]))).toThrow(/b has no trials/);
    expect(() => compare(infonce, infonce)).toThrow(/loss is infonce in both/);
  });

  test('refuses a factor or a measure that does not exist', () => {
    expect(() => compare(infonce, dcl(), { factor: 'colour' as 'loss' })).toThrow(/'colour'/);
    expect(() => compare(infonce, dcl(), { measure: 'top1' as 'knnTop1' })).toThrow(/'top1'/);
  });
});

describe('arms and summaries of a sweep', () => {
  const results = tableOf(
    [16, 32].flatMap((batchSize) => [
      ...rowsOf(seeds([0.4, 0.5, 0.6], { batchSize })),
      ...rowsOf(seeds([0.42, 0.53, 0.61 + batchSize / 1000], { batchSize, loss: 'dcl' })),
    ]),
  );

  test('an arm holds the rows with its settings', () => {
    expect(rowsOf(arm(results, { loss: 'dcl', batchSize: 16 })).map(({ seed }) => seed)).toEqual([1, 2, 3]);
  });

  test('an arm that is not there is refused with what there is', () => {
    expect(() => arm(results, { batchSize: 64 })).toThrow(/batchSize 64; there are 16, 32/);
    expect(() => arm(results, { colour: 1 } as object)).toThrow(/no setting "colour"/);
  });

  test('comparisons has a row for each combination of the other settings', () => {
    const rows = comparisons(results, { a: 'infonce', b: 'dcl' }).objects();
    expect(rows).toMatchObject([
      { batchSize: 16, n: 3 },
      { batchSize: 32, n: 3 },
    ]);
    const { difference } = compare(
      arm(results, { loss: 'infonce', batchSize: 32 }),
      arm(results, { loss: 'dcl', batchSize: 32 }),
    );
    expect(rows[1]).toMatchObject({
      difference: difference.mean,
      low: difference.low,
      high: difference.high,
      verdict: 'higher',
    });
    expect(comparisons(results, { a: 'dcl', b: 'infonce' }).objects()[0]).toMatchObject({ verdict: 'lower' });
  });

  test('summarise gives mean and t interval over the seeds of what varies', () => {
    const summary = summarise(results);
    expect(summary.columnNames()).toEqual(['loss', 'batchSize', 'n', 'mean', 'low', 'high']);
    // s is 0.1 for 0.4, 0.5 and 0.6.
    expect(summary.objects()[0]).toMatchObject({ loss: 'infonce', batchSize: 16, n: 3 });
    const { mean, low } = summary.objects()[0] as { mean: number; low: number };
    expect(mean).toBeCloseTo(0.5, 12);
    expect(low).toBeCloseTo(0.5 - 0.248414, 5);
  });
});
