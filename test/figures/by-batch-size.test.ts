import { describe, expect, test } from 'vitest';
import {
  type Figure,
  type MultiplierRow,
  multiplierByBatchSize,
  variationByBatchSize,
} from '../../src/figures/index.js';
import { seriesStyles } from '../../src/figures/series-style.js';

const row = (
  batchSize: number,
  histogram: readonly number[],
  more: Partial<MultiplierRow> = {},
): MultiplierRow => ({
  data: 'noise',
  batchSize,
  batches: 64 / batchSize,
  temperature: 0.1,
  seed: 1,
  mean: 0.5,
  variation: 8 / batchSize,
  histogram,
  ...more,
});

const rows = { untrained: [row(16, [0, 4]), row(8, [1, 3])], DCL: [row(8, [3, 1])] };

const subtitle = ({ layout }: Figure) => (layout.title as { subtitle: { text: string } }).subtitle.text;
const texts = ({ layout }: Figure) => (layout.annotations as { text: string }[]).map(({ text }) => text);

describe('multiplierByBatchSize', () => {
  const figure = multiplierByBatchSize(rows, { subtitle: 'ResNet-8' });
  const layout = figure.layout as Record<
    string,
    { domain: [number, number]; matches?: string; showticklabels?: boolean }
  >;

  test('gives each name a column and each batch size a row, small batches above', () => {
    expect(figure.data).toMatchObject([
      { name: 'N = 8', y: [25, 75], xaxis: 'x', yaxis: 'y' },
      { name: 'N = 16', y: [0, 100], xaxis: 'x2', yaxis: 'y2' },
      { name: 'N = 8', y: [75, 25], xaxis: 'x3', yaxis: 'y3' },
    ]);
    expect(layout.yaxis!.domain[0]).toBeGreaterThan(layout.yaxis2!.domain[1]);
    expect(layout.yaxis3!.domain).toEqual(layout.yaxis!.domain);
    expect(layout.xaxis2!.domain).toEqual(layout.xaxis!.domain);
    expect(layout.xaxis3!.domain[0]).toBeGreaterThan(layout.xaxis!.domain[1]);
    expect(layout.xaxis3!.domain[1]).toBeCloseTo(1, 9);
  });

  test('shares one scale of percentages within a column alone', () => {
    expect(layout.yaxis2!.matches).toBe('y');
    expect(layout.yaxis!.matches).toBeUndefined();
    expect(layout.yaxis3!.matches).toBeUndefined();
  });

  test('writes names, batch sizes, mean and C_v, and what q is', () => {
    expect(texts(figure)).toEqual(
      expect.arrayContaining([
        ...['<b>untrained</b>', '<b>DCL</b>', '<b>N = 8</b>', '<b>N = 16</b>'],
        ...['mean 0.50, C<sub>v</sub> 1.00', 'mean 0.50, C<sub>v</sub> 0.50'],
        ...['anchors (%)', 'multiplier q (0: no gradient, 1: full gradient)'],
      ]),
    );
  });

  test('labels the q of the lowest row only', () => {
    expect([layout.xaxis!.showticklabels, layout.xaxis2!.showticklabels]).toEqual([false, true]);
  });

  test('draws DCL in the colour that DCL has everywhere', () => {
    const colour = seriesStyles(['DCL'])[0]!.colour;
    expect(figure.data[2]).toMatchObject({ marker: { color: colour } });
  });

  test('says data set, n, temperature and seed of its rows, all of them where they differ', () => {
    expect(subtitle(figure)).toBe('ResNet-8; noise, n = 128 anchors, temperature 0.1, seed 1');
    const mixed = multiplierByBatchSize({
      a: [row(8, [1]), row(16, [1], { seed: 2, batches: 3, temperature: 0.5 })],
    });
    expect(subtitle(mixed)).toBe('noise, n = 96 to 128 anchors, temperature 0.1 and 0.5, seed 1 and 2');
  });

  test('refuses to draw nothing', () => {
    expect(() => multiplierByBatchSize({ InfoNCE: [] })).toThrow('give rows of npc.collect');
  });
});

describe('variationByBatchSize', () => {
  test('draws C_v in order of batch size, with a tick at each', () => {
    const figure = variationByBatchSize(rows);
    expect(figure.data).toMatchObject([
      { name: 'untrained', x: [8, 16], y: [1, 0.5] },
      { name: 'DCL', x: [8], y: [1] },
    ]);
    expect(figure.layout.xaxis).toMatchObject({
      type: 'log',
      tickvals: [8, 16],
      ticktext: ['8', '16'],
      title: { text: 'batch size (images, logarithmic)' },
    });
    expect(figure.layout.yaxis).toMatchObject({ title: { text: 'coefficient of variation C<sub>v</sub>' } });
    expect(subtitle(figure)).toContain('n = 128 anchors');
  });

  test('tells names apart by symbol as well as by colour', () => {
    const { data } = variationByBatchSize({ a: rows.DCL, b: rows.DCL, c: rows.DCL });
    const symbols = data.map(({ marker }) => (marker as { symbol: string }).symbol);
    expect(new Set(symbols).size).toBe(3);
  });
});
