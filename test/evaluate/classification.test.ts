import { expect, test } from 'vitest';
import { classification } from '../../src/evaluate/index.js';
import { embeddings } from './embeddings.js';

const classes = ['a', 'b', 'c', 'd', 'e', 'f'];
const rows = (labels: readonly number[]) =>
  embeddings(
    labels.map(() => [0]),
    labels,
    classes,
  );

test('classification counts the highest score and the five highest', () => {
  const scores = Float32Array.of(9, 5, 4, 3, 2, 1, 9, 5, 4, 3, 2, 1, 9, 5, 4, 3, 2, 1);
  const result = classification(scores, rows([0, 4, 5]));
  expect(result.top1).toBeCloseTo(1 / 3);
  expect(result.top5).toBeCloseTo(2 / 3);
  expect([...result.predictions]).toEqual([0, 0, 0]);
});

test('classification gives each class its own accuracy, NaN where it has no rows', () => {
  const scores = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);
  expect(classification(scores, rows([0, 0])).perClass).toEqual([0.5, NaN, NaN, NaN, NaN, NaN]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'classification refuses a score of %d instead of counting it',
  (value) => {
    const scores = new Float32Array(12);
    scores[7] = value;
    expect(() => classification(scores, rows([0, 1]))).toThrow(`Row 1 of by hand has the score ${value}`);
  },
);

test('classification refuses scores that do not fit the rows', () => {
  expect(() => classification(new Float32Array(6), rows([0, 1]))).toThrow('2 rows of 6 classes');
});

test('of equal scores the class that comes first wins, so a constant classifier is no better than chance', () => {
  const result = classification(new Float32Array(36).fill(0.5), rows([0, 1, 2, 3, 4, 5]));
  expect(result.top1).toBeCloseTo(1 / 6);
  expect(result.top5).toBeCloseTo(5 / 6);
});
