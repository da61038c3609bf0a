import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracyInterval, calibration, classification } from '../../src/evaluate/index.js';
import { anyLogits, classified } from './logits.js';

const softmax = (row: readonly number[]) => {
  const exponentials = row.map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
};

describe('ProbabilityTally', () => {
  test('keeps the softmax of the predicted and of the own class, and counts as classification does', () => {
    fc.assert(
      fc.property(anyLogits, (rows) => {
        const labels = rows.map(({ label }) => label);
        const result = classified(
          rows.map(({ logits }) => logits),
          labels,
        );
        for (const [i, { logits, label }] of rows.entries()) {
          const probabilities = softmax(logits);
          expect(result.confidences[i]).toBeCloseTo(Math.max(...probabilities), 6);
          expect(result.logLikelihoods[i]).toBeCloseTo(Math.log(probabilities[label]!), 5);
        }
        const { confidences, logLikelihoods, ...counted } = result;
        const { classes } = result;
        const all = Float32Array.from(rows.flatMap(({ logits }) => logits));
        const set = { name: 'by hand', count: rows.length, labels: Int32Array.from(labels), classes };
        expect(classification(all, set)).toEqual(counted);
      }),
    );
  });

  test('does not overflow where logits are large', () => {
    const { confidences, logLikelihoods } = classified([[3e4, 0, -3e4]], [1]);
    expect(confidences[0]).toBe(1);
    expect(logLikelihoods[0]).toBe(-3e4);
  });

  test('refuses logits that are not finite by their row, and rows that are missing', () => {
    expect(() =>
      classified(
        [
          [0, 1, 2],
          [0, Number.NaN, 1],
        ],
        [0, 1],
      ),
    ).toThrow('Row 1 of by hand has the score NaN');
    expect(() => classified([[0, 1, 2]], [0, 1])).toThrow('2 rows of 3 classes, which 3 scores do not fit');
    expect(() => classified([[0, 1, 2]], [])).toThrow('0 rows of 3 classes, which 3 scores do not fit');
  });
});

describe('calibration', () => {
  test('is that of the definition, bin by bin', () => {
    fc.assert(
      fc.property(anyLogits, fc.integer({ min: 1, max: 20 }), (rows, bins) => {
        const result = classified(
          rows.map(({ logits }) => logits),
          rows.map(({ label }) => label),
        );
        const measured = calibration(result, { bins });
        let error = 0;
        for (const [b, bin] of measured.bins.entries()) {
          const [from, to] = [b / bins, (b + 1) / bins];
          const within = Array.from(result.confidences.keys()).filter(
            (i) => result.confidences[i]! > from && result.confidences[i]! <= to,
          );
          const mean = (of: (i: number) => number) =>
            within.reduce((sum, i) => sum + of(i), 0) / within.length;
          const confidence = mean((i) => result.confidences[i]!);
          const accuracy = mean((i) => Number(result.predictions[i] === result.labels[i]));
          expect(bin).toEqual({ from, to, count: within.length, confidence, accuracy });
          if (within.length > 0) error += (within.length / rows.length) * Math.abs(confidence - accuracy);
        }
        expect(measured.expectedCalibrationError).toBeCloseTo(error, 10);
        expect(measured.bins.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
      }),
    );
  });

  test('is 0 for a classifier that is right as often as it says, and shows overconfidence', () => {
    const half = [0, 0, -1e4];
    const honest = calibration(classified([half, half], [0, 1]));
    expect(honest.expectedCalibrationError).toBeCloseTo(0, 6);
    expect(honest.negativeLogLikelihood).toBeCloseTo(Math.log(2), 6);
    const sure = [1e4, 0, 0];
    const boasting = calibration(classified([sure, sure, sure, sure], [0, 1, 2, 1]));
    expect(boasting.expectedCalibrationError).toBeCloseTo(0.75, 10);
    expect(boasting.bins).toHaveLength(15);
    expect(boasting.bins[14]).toMatchObject({ count: 4, confidence: 1, accuracy: 0.25 });
    expect(() => calibration(classified([sure], [0]), { bins: 0 })).toThrow('bins is 0');
  });
});

test('accuracyInterval is the interval of the proportions whose score test does not reject the accuracy', () => {
  // z of the proportion p at the accuracy a is (a - p) / sqrt(p (1 - p) / n): 1.96 at both ends.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const accuracy = Math.round(share * n) / n;
      const { low, high } = accuracyInterval(accuracy, n);
      expect(low).toBeLessThanOrEqual(accuracy);
      expect(high).toBeGreaterThanOrEqual(accuracy);
      for (const [end, sign] of [
        [low, 1],
        [high, -1],
      ] as const) {
        if (accuracy === (sign === 1 ? 0 : 1)) expect(end).toBeCloseTo(accuracy, 10);
        else expect((sign * (accuracy - end)) / Math.sqrt((end * (1 - end)) / n)).toBeCloseTo(1.959964, 4);
      }
    }),
  );
  // statsmodels: proportion_confint(8, 10, method='wilson').
  expect(accuracyInterval(0.8, 10)).toEqual({
    low: expect.closeTo(0.4901625, 6),
    high: expect.closeTo(0.9433178, 6),
  });
  expect(() => accuracyInterval(80, 10)).toThrow('accuracy is 80');
});
