import { describe, expect, test } from 'vitest';
import { type ConfusionMatrix, calibration, confusionMatrix } from '../../src/evaluate/index.js';
import {
  classAccuracy,
  confusionMatrix as drawConfusions,
  type Figure,
  reliabilityDiagram,
} from '../../src/figures/index.js';
import { classified } from '../evaluate/logits.js';

const subtitleOf = ({ layout }: Figure) =>
  (layout.title as { subtitle?: { text: string } }).subtitle?.text ?? '';
const ticksOf = ({ layout }: Figure, axis: 'xaxis' | 'yaxis') =>
  (layout[axis] as { ticktext: readonly string[] }).ticktext;

/** `count` classes, of which every pair of an even class and the next is confused, the more the further on. */
function paired(count: number): ConfusionMatrix {
  const classes = Array.from({ length: count }, (_, c) => `class ${c}, by another name`);
  const counts = new Int32Array(count * count);
  for (let c = 0; c < count; c++) {
    counts[c * count + c] = 500 - c;
    if (c % 2 === 0) counts[c * count + c + 1] = c;
  }
  return { classes, counts };
}

describe('confusionMatrix', () => {
  test('draws the share of each class, right ones and confusions apart, and writes what is not nearly nothing', () => {
    const counts = Int32Array.of(3, 1, 0, 0, 300, 1, 2, 0, 0);
    const figure = drawConfusions({ classes: ['cat', 'dog', 'eel'], counts });
    const [right, wrong] = figure.data;
    expect(right).toMatchObject({
      z: [
        [75, null, null],
        [null, 99.7, null],
        [null, null, 0],
      ],
      text: [
        ['75', '', ''],
        ['', '100', ''],
        ['', '', ''],
      ],
      zmax: 100,
    });
    expect(wrong).toMatchObject({
      z: [
        [null, 25, 0],
        [0, null, 0.332],
        [100, 0, null],
      ],
      text: [
        ['', '25', ''],
        ['', '', ''],
        ['100', '', ''],
      ],
      zmax: 100,
    });
    expect(ticksOf(figure, 'xaxis')).toEqual(['cat', 'dog', 'eel']);
    expect(figure.layout.yaxis).toMatchObject({ autorange: 'reversed' });
    expect(subtitleOf(figure)).toBe('% of the images of each class');
  });

  test('of many classes draws those that are confused most, side by side, and says so', () => {
    const figure = drawConfusions(paired(100), { limit: 6 });
    expect(ticksOf(figure, 'yaxis')).toEqual([98, 99, 96, 97, 94, 95].map((c) => `class ${c}`));
    expect(subtitleOf(figure)).toContain('the 6 classes of the most frequent confusions, of 100');
    // Shares of all images of the class, also of those that are not drawn.
    expect((figure.data[1] as { z: (number | null)[][] }).z[0]![1]).toBeCloseTo((100 * 98) / 500, 1);
  });

  test('leaves the cells of a class without images empty, and refuses a matrix without any', () => {
    const [right] = drawConfusions({ classes: ['a', 'b'], counts: Int32Array.of(1, 0, 0, 0) }).data;
    expect(right).toMatchObject({
      z: [
        [100, null],
        [null, null],
      ],
    });
    const empty = { classes: ['a', 'b'], counts: new Int32Array(4) };
    expect(() => drawConfusions(empty)).toThrow('no images');
    expect(() => drawConfusions(paired(4), { limit: 1 })).toThrow('limit is 1');
  });

  test('takes what evaluate gives', () => {
    const result = classified(
      [
        [5, 0, 0],
        [5, 0, 0],
      ],
      [0, 1],
    );
    expect(drawConfusions(confusionMatrix(result)).data[1]).toMatchObject({ zmax: 100 });
  });
});

describe('reliabilityDiagram', () => {
  test('draws the filled bins of each classifier against the diagonal, with its error in the legend', () => {
    const half = [0, 0, -1e4];
    const sure = [1e4, 0, 0];
    const made = calibration(classified([half, half, sure, sure, sure, sure], [0, 1, 0, 0, 0, 1]));
    const { data } = reliabilityDiagram({ DCL: made });
    expect(data[0]).toMatchObject({ x: [0, 100], y: [0, 100] });
    expect(data[1]).toMatchObject({
      // A quarter too sure of four of six, and right about the other two.
      name: expect.stringMatching(/^DCL: expected calibration error 16\.7 %/),
      x: [50, 100],
      y: [50, 75],
      text: ['2 images', '4 images'],
    });
    const { size } = (data[1] as { marker: { size: number[] } }).marker;
    expect((size[1]! / size[0]!) ** 2).toBeCloseTo(2, 2);
  });
});

describe('classAccuracy', () => {
  const labels = [0, 0, 0, 0, 1, 1, 2, 2];
  const predictions = [0, 0, 0, 1, 1, 1, 0, 1];
  const classes = ['cat', 'dog', 'eel', 'fox'];
  const result = classified(
    predictions.map((prediction) => [0, 1, 2, 3].map((c) => Number(c === prediction))),
    labels,
    classes,
  );

  test('ranks the classes that have images, with intervals, and tells the accuracy over all', () => {
    const figure = classAccuracy(result);
    expect(ticksOf(figure, 'yaxis')).toEqual(['dog', 'cat', 'eel']);
    const [bars] = figure.data as unknown as [
      { x: number[]; error_x: { array: number[]; arrayminus: number[] } },
    ];
    expect(bars.x).toEqual([100, 75, 0]);
    // Wilson's interval of 3 in 4 is 0.3006 to 0.9544.
    expect(bars.x[1]! - bars.error_x.arrayminus[1]!).toBeCloseTo(30.06, 1);
    expect(bars.x[1]! + bars.error_x.array[1]!).toBeCloseTo(95.44, 1);
    expect(subtitleOf(figure)).toContain('dashed line: all classes, 62.5 %');
    expect(figure.layout.shapes).toMatchObject([{ x0: 62.5, x1: 62.5 }]);
  });

  test('of many classes draws the highest and the lowest, with a gap between them', () => {
    const figure = classAccuracy(result, { limit: 2 });
    expect(ticksOf(figure, 'yaxis')).toEqual(['dog', 'eel']);
    expect(figure.data[0]).toMatchObject({ y: [0, 2] });
    expect(subtitleOf(figure)).toContain('the 1 highest and the 1 lowest of 3 classes');
    expect(() => classAccuracy(result, { limit: 1 })).toThrow('limit is 1');
  });
});
