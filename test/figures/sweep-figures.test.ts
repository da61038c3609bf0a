import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { published } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import type { ResultRow } from '../../src/experiments/row.js';
import {
  accuracyByBatchSize,
  accuracyByEpochs,
  type Figure,
  learningRateSensitivity,
  type Trace,
  temperatureSensitivity,
} from '../../src/figures/index.js';
import { seeds } from '../experiments/rows.js';

const together = (...parts: Partial<ResultRow>[]) =>
  tableOf(parts.flatMap((changes) => rowsOf(seeds([0.4, 0.5, 0.6], changes))));
const losses = (changes: Partial<ResultRow>): Partial<ResultRow>[] => [
  { loss: 'infonce', ...changes },
  { loss: 'dcl', ...changes },
];
const named = ({ data }: Figure, name: string) => data.find((trace) => trace.name === name) as Trace;
const subtitle = ({ layout }: Figure) => (layout.title as { subtitle: { text: string } }).subtitle.text;

describe('accuracyByBatchSize', () => {
  const figure = accuracyByBatchSize(together(...losses({ batchSize: 128 }), ...losses({ batchSize: 16 })));

  test('draws mean and t interval in percent, a line for each loss, in the order of the axis', () => {
    const line = named(figure, 'DCL') as { x: number[]; y: number[]; error_y: { array: number[] } };
    expect(line.y).toEqual([50, 50]);
    expect(line.x[0]! / 16).toBeCloseTo(line.x[1]! / 128, 2);
    expect(line.x[0]).toBeLessThan(line.x[1]!);
    // s = 10 points, t(0.975, 2) = 4.30265: half width 24.84.
    for (const half of line.error_y.array) expect(half).toBeCloseTo(24.84, 1);
    expect(named(figure, 'InfoNCE')).toBeDefined();
  });

  test('shows every seed, and puts the losses side by side around the value', () => {
    const dots = named(figure, 'DCL, seeds') as { y: number[] };
    expect(dots.y).toEqual([40, 50, 60, 40, 50, 60]);
    const [first, second] = ['InfoNCE', 'DCL'].map((name) => (named(figure, name) as { x: number[] }).x[0]!);
    expect(first! * second!).toBeCloseTo(16 * 16, 0);
  });

  test('names the axes, the settings in common, the seeds and the last epoch', () => {
    expect(figure.layout.xaxis).toMatchObject({ type: 'log', tickvals: [16, 128], ticktext: ['16', '128'] });
    expect(subtitle(figure)).toMatch(/cifar10 train.*resnet18 of width 16.*10 epochs, temperature 0\.1/);
    expect(subtitle(figure)).toMatch(
      /3 seeds \(dots\), mean and 95 % t-interval; last epoch, 10000 test images/,
    );
  });

  test('draws no interval for one seed and says so', () => {
    const single = accuracyByBatchSize(
      tableOf([16, 32].flatMap((n) => rowsOf(seeds([0.4], { batchSize: n })))),
    );
    expect(single.data).toMatchObject([{ name: 'InfoNCE', error_y: { visible: false } }]);
    expect(subtitle(single)).toContain('one seed, no interval');
  });

  test('refuses trials that differ in something else, naming it, and no trials', () => {
    const mixed = together({ batchSize: 16 }, { batchSize: 32, temperature: 0.5 });
    expect(() => accuracyByBatchSize(mixed)).toThrow(InputError);
    expect(() => accuracyByBatchSize(mixed)).toThrow(/differ in temperature \(0\.1, 0\.5\)/);
    expect(() => accuracyByBatchSize(tableOf([]))).toThrow(/no trials/);
  });

  test('names what others published as published, and leaves out what has a known defect', async () => {
    const results = together(...losses({ batchSize: 16 }), ...losses({ batchSize: 32 }));
    const linear = accuracyByBatchSize(results, {
      published: await published('cifar10'),
      measure: 'linearTop1',
    });
    const others = linear.data.filter(({ name }) => String(name).includes('published by'));
    expect(others.map(({ name }) => String(name).split(',')[0])).toEqual(['InfoNCE', 'DCL', 'DCLW']);
    expect(others[1]).toMatchObject({ x: [32, 64, 128, 256], y: [84.6, 85.57, 85.63, 85.36] });
    for (const { name } of others) expect(name).toMatch(/ResNet-50, 100 epochs, τ 0\.1, best test epoch$/);

    const knn = accuracyByBatchSize(results, { published: await published('cifar10') });
    const names = knn.data.map(({ name }) => String(name)).filter((name) => name.includes('published by'));
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^InfoNCE, published by lightly-ai/);
    expect(subtitle(knn)).toContain('6 published values with a known defect are left out');
  });
});

test.each([
  ['epochs', accuracyByEpochs, { epochs: 1 }, { epochs: 20 }, /epochs/],
  ['temperature', temperatureSensitivity, { temperature: 0.05 }, { temperature: 0.5 }, /temperature/],
  ['learning rate', learningRateSensitivity, { learningRate: 0.01 }, { learningRate: 0.1 }, /learning rate/],
] as const)('accuracy against %s has it as its axis', (_, draw, one, other, axis) => {
  const figure = draw(together(...losses(one), ...losses(other)));
  const { title, tickvals } = figure.layout.xaxis as { title: { text: string }; tickvals: number[] };
  expect(title.text).toMatch(axis);
  expect(tickvals).toEqual([...Object.values(one), ...Object.values(other)]);
  expect(figure.data.map(({ name }) => name)).toEqual(['InfoNCE', 'InfoNCE, seeds', 'DCL', 'DCL, seeds']);
});
