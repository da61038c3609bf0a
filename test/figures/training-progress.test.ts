import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Figure, trainingProgress } from '../../src/figures/index.js';
import { seriesStyles } from '../../src/figures/series-style.js';

interface Drawn {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
  readonly xaxis: string;
  readonly line?: { color: string };
  readonly marker?: { color: string };
}

/** Steps with these losses, and C_v of a tenth of them. */
function steps(...losses: number[]) {
  return losses.map((loss, i) => ({
    step: 10 * (i + 1),
    loss,
    multiplier: { mean: 0.5, variation: loss / 10, histogram: [i, 3 * i] },
  }));
}

const traces = (figure: Figure) => figure.data as unknown as Drawn[];
const axisOf = ({ layout }: Figure, name: string) =>
  layout[name] as { title: { text: string }; domain: [number, number] } | undefined;
const progress = (options: Partial<Parameters<typeof trainingProgress>[0]>) =>
  trainingProgress({ steps: steps(2, 1), title: 'simclr dclw on mnist', status: [], ...options });

test('draws the loss, q of the last step and C_v, in the colour of the loss', () => {
  const figure = progress({});
  const [loss, q, variation, ...rest] = traces(figure);
  expect(rest).toEqual([]);
  expect(loss).toMatchObject({ x: [10, 20], y: [2, 1], xaxis: 'x' });
  expect(q).toMatchObject({ y: [25, 75], xaxis: 'x2' });
  expect(variation).toMatchObject({ x: [10, 20], y: [0.2, 0.1], xaxis: 'x3' });
  const colour = seriesStyles(['DCLW'])[0]?.colour;
  expect([loss!.line?.color, q!.marker?.color, variation!.line?.color]).toEqual([colour, colour, colour]);
  expect(['yaxis', 'yaxis2', 'yaxis3'].map((name) => axisOf(figure, name)!.title.text)).toEqual([
    'loss (nats)',
    'anchors (%)',
    'C<sub>v</sub> of q',
  ]);
  expect(axisOf(figure, 'xaxis')!.domain).toEqual([0, 1]);
});

test('draws accuracies beside the loss from the first evaluation on, each where it was measured', () => {
  const figure = progress({
    evaluations: [
      { step: 10, accuracies: { 'kNN top-1': 0.25 } },
      { step: 20, accuracies: { 'kNN top-1': 0.5, linear: 0.75 } },
    ],
  });
  expect(traces(figure).slice(3)).toMatchObject([
    { name: 'kNN top-1', x: [10, 20], y: [25, 50], xaxis: 'x4' },
    { name: 'linear', x: [20], y: [75], xaxis: 'x4' },
  ]);
  expect(axisOf(figure, 'yaxis4')!.title.text).toBe('accuracy (%)');
  expect(axisOf(figure, 'xaxis')!.domain[1]).toBeLessThan(axisOf(figure, 'xaxis4')!.domain[0]);
  const alone = progress({ evaluations: [{ step: 10, accuracies: { 'kNN top-1': 0.25 } }] });
  expect(axisOf(alone, 'yaxis4')!.title.text).toBe('kNN top-1 (%)');
  expect([figure.layout.showlegend, alone.layout.showlegend]).toEqual([true, false]);
});

test('is drawn before the first step', () => {
  expect(traces(progress({ steps: [] })).map(({ y }) => y)).toEqual([[], [], []]);
});

describe('a long run', () => {
  test('is drawn as a running mean, and says so, over the single values', () => {
    const figure = progress({ steps: steps(...Array.from({ length: 100 }, (_, i) => i % 2)) });
    expect(axisOf(figure, 'xaxis')!.title.text).toBe('training step (means of 2 reports)');
    const [single, mean] = traces(figure);
    expect(new Set(single!.y)).toEqual(new Set([0, 1]));
    expect(mean!.y.slice(1).every((value) => value === 0.5)).toBe(true);
  });

  test('takes no more room than one of a thousand steps, and hides no spike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 19_999 }),
        fc.integer({ min: 1000, max: 20_000 }),
        (place, count) => {
          const spike = place % count;
          const figure = progress({
            steps: steps(...Array.from({ length: count }, (_, i) => (i === spike ? 9 : Math.sin(i)))),
          });
          const [single, mean] = traces(figure);
          expect(single!.x.length).toBeLessThanOrEqual(153);
          expect(mean!.x.length).toBeLessThanOrEqual(151);
          expect(mean!.x.at(-1)).toBe(10 * count);
          expect(single!.x).toEqual([...single!.x].sort((a, b) => a - b));
          expect(single!.x[single!.y.indexOf(9)]).toBe(10 * (spike + 1));
        },
      ),
      { numRuns: 20 },
    );
  });
});
