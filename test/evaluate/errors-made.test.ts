import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confusionMatrix, hardestErrors, mostConfused } from '../../src/evaluate/index.js';
import { anyLogits, classified } from './logits.js';

/** Logits that predict a class with more or less certainty. */
const sure = (prediction: number, logit: number) => [0, 1, 2].map((c) => (c === prediction ? logit : 0));

describe('confusionMatrix', () => {
  test('has each row once, at its label and prediction', () => {
    fc.assert(
      fc.property(anyLogits, (rows) => {
        const result = classified(
          rows.map(({ logits }) => logits),
          rows.map(({ label }) => label),
        );
        const { counts, classes } = confusionMatrix(result);
        expect(classes).toEqual(['cat', 'dog', 'eel']);
        const at = (label: number, prediction: number) =>
          rows.filter((row, i) => row.label === label && result.predictions[i] === prediction).length;
        expect([...counts]).toEqual([0, 1, 2].flatMap((label) => [0, 1, 2].map((p) => at(label, p))));
        expect((counts[0]! + counts[4]! + counts[8]!) / rows.length).toBeCloseTo(result.top1, 12);
      }),
    );
  });
});

describe('mostConfused', () => {
  const matrix = { classes: ['cat', 'dog', 'eel'], counts: Int32Array.of(5, 3, 0, 3, 1, 0, 1, 7, 90) };

  test('lists the pairs of different classes, the most frequent first, with the share of the class', () => {
    expect(mostConfused(matrix)).toEqual([
      { label: 'eel', prediction: 'dog', count: 7, share: 7 / 98 },
      { label: 'dog', prediction: 'cat', count: 3, share: 3 / 4 },
      { label: 'cat', prediction: 'dog', count: 3, share: 3 / 8 },
      { label: 'eel', prediction: 'cat', count: 1, share: 1 / 98 },
    ]);
    expect(mostConfused(matrix, { limit: 1 })).toHaveLength(1);
    expect(() => mostConfused(matrix, { limit: 0 })).toThrow('limit is 0');
  });
});

describe('hardestErrors', () => {
  test('lists the images that are wrong, the surest first, with what was predicted instead', () => {
    const logits = [sure(0, 5), sure(1, 2), sure(2, 4), sure(1, 4), sure(0, 1)];
    const errors = hardestErrors(classified(logits, [0, 0, 0, 2, 1]));
    const probability = (logit: number) => Math.exp(logit) / (Math.exp(logit) + 2);
    expect(errors).toEqual([
      ...[
        [2, 'cat', 'eel', 4],
        [3, 'eel', 'dog', 4],
        [1, 'cat', 'dog', 2],
        [4, 'dog', 'cat', 1],
      ].map(([index, label, prediction, logit]) => ({
        index,
        label,
        prediction,
        confidence: expect.closeTo(probability(Number(logit)), 6),
        ownProbability: expect.closeTo((1 - probability(Number(logit))) / 2, 6),
      })),
    ]);
    expect(hardestErrors(classified(logits, [0, 0, 0, 2, 1]), { limit: 2 })).toHaveLength(2);
  });
});
