import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { palette } from '../../src/figures/figure.js';
import {
  accuracyBars,
  embeddingMap,
  type Figure,
  lossCurve,
  multiplierHistogram,
  similarityMatrix,
  trainingProgress,
} from '../../src/figures/index.js';
import { seriesStyles } from '../../src/figures/series-style.js';

const steps = (...losses: number[]) => ({ steps: losses.map((loss, i) => ({ step: i + 1, loss })) });
const titleOf = ({ layout }: Figure) => (layout.title as { text: string; subtitle?: { text: string } }) ?? {};
const axisTitle = ({ layout }: Figure, axis: string) =>
  (layout[axis] as { title: { text: string } }).title.text;

describe('the look of series', () => {
  test('InfoNCE, DCL and DCLW have three different colours in every figure', () => {
    const names = ['InfoNCE', 'DCL', 'DCLW'];
    const curves = lossCurve(Object.fromEntries(names.map((name) => [name, steps(1, 2)])));
    const bars = accuracyBars(Object.fromEntries(names.map((name) => [name, 0.5])));
    const colours = curves.data.map((trace) => (trace.line as { color: string }).color);
    expect(bars.data.map((trace) => (trace.marker as { color: string }).color)).toEqual(colours);
    expect(new Set(colours).size).toBe(3);
  });

  test('a loss keeps its colour whatever else is drawn and however the name goes on', () => {
    const [alone] = seriesStyles(['DCL']);
    const [other, long, lower] = seriesStyles(['untrained', 'DCL, batch 32', 'simclr dcl on mnist train']);
    expect([long?.colour, lower?.colour]).toEqual([alone?.colour, alone?.colour]);
    expect(long?.dash).not.toBe(lower?.dash);
    expect(other?.colour).not.toBe(alone?.colour);
  });

  test('other names never take the colour of a loss', () => {
    const losses = seriesStyles(['InfoNCE', 'DCL', 'DCLW']).map(({ colour }) => colour);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{4,8}$/), { minLength: 1 }), (names) => {
        const others = names.filter((name) => !/^(dclw|infonce)$/.test(name));
        for (const { colour } of seriesStyles(others)) {
          expect(losses).not.toContain(colour);
          expect(palette).toContain(colour);
        }
      }),
    );
  });
});

describe('lossCurve', () => {
  test('draws the losses of a short run as they are', () => {
    const { data } = lossCurve({ DCL: steps(3, 2, 1) });
    expect(data).toMatchObject([{ name: 'DCL', x: [1, 2, 3], y: [3, 2, 1] }]);
  });

  test('draws a long run as the running mean over its single steps, with few points, and says so', () => {
    const figure = lossCurve({
      DCL: steps(...Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 1 : 3))),
    });
    const [single, mean] = figure.data as unknown as { x: number[]; y: number[] }[];
    expect(axisTitle(figure, 'yaxis')).toBe('loss (nats), mean of 100 reports');
    expect(mean!.y.slice(10).every((value) => value === 2)).toBe(true);
    expect(single!.y.every((value) => value === 1 || value === 3)).toBe(true);
    for (const { x } of [single!, mean!]) {
      expect(x.length).toBeLessThanOrEqual(403);
      expect(x.at(-1)).toBe(5000);
    }
  });
});

describe('multiplierHistogram', () => {
  test('gives the share of anchors in each bin, and n, mean and C_v in the legend', () => {
    const { data } = multiplierHistogram({ InfoNCE: [0.01, 0.02, 0.5, 1] });
    const [{ x, y, name }] = data as unknown as [{ x: number[]; y: number[]; name: string }];
    expect(x).toHaveLength(20);
    expect([y[0], y[10], y[19]]).toEqual([50, 25, 25]);
    expect(y.reduce((sum, value) => sum + value, 0)).toBe(100);
    expect(name).toBe('InfoNCE: n = 4, mean 0.38, C<sub>v</sub> 1.07');
  });

  test('takes statistics as well as values', () => {
    const histogram = [1, ...Array.from({ length: 18 }, () => 0), 3];
    const { data } = multiplierHistogram({ a: { mean: 0.5, variation: 1, histogram } });
    expect((data[0] as unknown as { y: number[] }).y.filter((value) => value > 0)).toEqual([25, 75]);
  });
});

describe('embeddingMap', () => {
  const options = { points: [0, 1, 2, 3, 4, 5], labels: [1, 0, 1], classes: ['cat', 'dog', 'owl'] };

  test('draws each class as a series of its own and states n', () => {
    const figure = embeddingMap({ ...options, subtitle: 'seed 1' });
    expect(figure.data).toMatchObject([
      { name: 'cat', x: [2], y: [3] },
      { name: 'dog', x: [0, 4], y: [1, 5] },
      { name: 'owl', x: [], y: [] },
    ]);
    expect(titleOf(figure).subtitle?.text).toBe('seed 1; n = 3');
  });

  test('tells a hundred classes apart by colour and shape as long as it can', () => {
    const classes = Array.from({ length: 32 }, (_, i) => `class ${i}`);
    const markers = embeddingMap({ ...options, classes }).data.map(
      (trace) => trace.marker as Record<string, string>,
    );
    expect(new Set(markers.map(({ color, symbol }) => `${color} ${symbol}`)).size).toBe(32);
  });

  test('refuses points that do not belong to the labels', () => {
    expect(() => embeddingMap({ ...options, points: [1, 2] })).toThrow('points must be [3, 2]');
  });
});

describe('accuracyBars', () => {
  test('gives one bar in percent for a number; mean, deviation and dots for several seeds', () => {
    const { data } = accuracyBars({ untrained: 0.4, DCL: [0.9, 0.94] });
    expect(data).toMatchObject([
      { type: 'bar', y: [40], text: ['40.0'] },
      { type: 'bar', y: [92], text: ['92.0 ± 2.8'], error_y: { array: [2.828] } },
      { type: 'scatter', y: [90, 94] },
    ]);
  });

  test('breaks long names at their commas', () => {
    const { layout } = accuracyBars({ kNN: 0.5, 'linear, cached, untrained': 0.5 });
    const ticktext = ['kNN', 'linear<br>cached<br>untrained'];
    expect(layout.xaxis).toMatchObject({ ticktext, tickangle: 0 });
  });

  test('draws the line of chance only when told', () => {
    expect(accuracyBars({ a: 0.5 }).layout).not.toHaveProperty('shapes');
    const figure = accuracyBars({ a: 0.5 }, { chance: 0.1, subtitle: 'mnist' });
    expect(figure.layout.shapes).toMatchObject([{ y0: 10, y1: 10 }]);
    expect(titleOf(figure).subtitle?.text).toBe('mnist; dashed line: chance, 10 %');
  });
});

test('similarityMatrix keeps rows and refuses what is not square', () => {
  const { data } = similarityMatrix({ similarities: [1, 2, 3, 4], labels: ['a', 'b'] });
  expect(data).toMatchObject([
    {
      z: [
        [1, 2],
        [3, 4],
      ],
      x: ['a', 'b'],
    },
  ]);
  expect(() => similarityMatrix({ similarities: [1, 2, 3] })).toThrow('square');
});

test('similarityMatrix says what rows and columns are, clear of the longest label', () => {
  const labels = ['cat', 'automobile'];
  const { layout } = similarityMatrix({
    similarities: [1, 2, 3, 4],
    labels,
    rows: 'view 1',
    columns: 'view 2',
  });
  const [columns, rows] = layout.annotations as { text: string; xshift?: number; yshift?: number }[];
  expect([columns!.text, rows!.text]).toEqual(['view 2', 'view 1']);
  const longest = 8 * labels[1]!.length;
  expect(-columns!.yshift!).toBeGreaterThan(longest);
  expect(-rows!.xshift!).toBeGreaterThan(longest);
  const { l, b } = layout.margin as { l: number; b: number };
  expect(Math.min(l, b)).toBeGreaterThan(longest + 20);
});

test('a subtitle too long for one line goes on in the next, and the plot makes room', () => {
  const subtitled = (subtitle: string) =>
    accuracyBars({ a: 0.5 }, { chance: 0.1, subtitle }) as Figure & { layout: { margin: { t: number } } };
  const [short, long] = [subtitled('mnist'), subtitled('x'.repeat(90))];
  expect(titleOf(long).subtitle?.text).toBe(`${'x'.repeat(90)}<br>dashed line: chance, 10 %`);
  expect(long.layout.margin.t).toBeGreaterThan(short.layout.margin.t);
});

test('every figure names its axes with their units', () => {
  const figures = [
    lossCurve({ a: steps(1) }),
    multiplierHistogram({ a: [0.5] }),
    accuracyBars({ a: 0.5 }),
    trainingProgress({ steps: [], title: 'a', status: [] }),
  ];
  expect(figures.map((figure) => axisTitle(figure, 'yaxis'))).toEqual([
    'loss (nats)',
    'anchors (%)',
    'top-1 accuracy (%)',
    'loss (nats)',
  ]);
});
