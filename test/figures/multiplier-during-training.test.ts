import { describe, expect, test } from 'vitest';
import { type Figure, multiplierDuringTraining } from '../../src/figures/index.js';
import { seriesStyles } from '../../src/figures/series-style.js';
import { statistics } from '../../src/npc/index.js';

/** Every anchor's q, spread evenly from `from` to `to`. */
const step = (number: number, from: number, to: number) => ({
  step: number,
  ...statistics(Array.from({ length: 2000 }, (_, i) => from + ((i + 0.5) / 2000) * (to - from))),
});

const values = ({ data }: Figure, trace: number, of: 'x' | 'y') => data[trace]![of] as number[];

describe('multiplierDuringTraining', () => {
  test('draws the mean of each step, and a band from the 10th to the 90th percentile', () => {
    const figure = multiplierDuringTraining({ DCL: [step(10, 0, 1), step(20, 0.5, 1)] });
    expect(figure.data).toMatchObject([
      { name: 'DCL', fill: 'toself', x: [10, 20, 20, 10] },
      { name: 'DCL', x: [10, 20], y: [0.5, 0.75], line: { color: seriesStyles(['DCL'])[0]!.colour } },
    ]);
    for (const [i, edge] of [0.9, 0.95, 0.55, 0.1].entries())
      expect(values(figure, 0, 'y')[i]).toBeCloseTo(edge, 2);
    expect(figure.layout.xaxis).toMatchObject({ title: { text: 'training step' } });
  });

  test('pools the steps of a long run into 20 points', () => {
    const run = Array.from({ length: 124 }, (_, i) => step(i + 1, 0, (i + 1) / 124));
    const figure = multiplierDuringTraining({ InfoNCE: run });
    const [x, y] = [values(figure, 1, 'x'), values(figure, 1, 'y')];
    expect(x).toHaveLength(20);
    for (const [i, middle] of x.entries()) expect(y[i]).toBeCloseTo(middle / 124 / 2, 2);
  });

  test('puts all bands below all lines, and names each run once in the legend', () => {
    const run = [step(1, 0, 1)];
    const { data } = multiplierDuringTraining({ InfoNCE: run, DCL: run });
    expect(data.map(({ fill }) => fill)).toEqual(['toself', 'toself', undefined, undefined]);
    const named = data.filter(({ showlegend }) => showlegend !== false);
    expect(named.map(({ name }) => name)).toEqual(['InfoNCE', 'DCL']);
  });
});
