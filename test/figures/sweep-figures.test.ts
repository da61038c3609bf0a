import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import { arm, published, sensitivity } from '../../src/experiments/index.js';
import { rowsOf, tableOf } from '../../src/experiments/results.js';
import type { ResultRow } from '../../src/experiments/row.js';
import {
  accuracyByBatchSize,
  accuracyByEpochs,
  accuracyByQueueSize,
  differenceByFactor,
  type Figure,
  learningRateSensitivity,
  sensitivityBars,
  type Trace,
  temperatureSensitivity,
  variationInTraining,
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

    const imagenet = accuracyByBatchSize(results, {
      published: await published('imagenet1k'),
      measure: 'linearTop1',
    });
    const paper = imagenet.data.find(({ name }) => /^NNCLR with DCL, .*τ not stated/.test(String(name)));
    expect(paper).toMatchObject({ x: [512], y: [72.3] });
    // VISSL does not say its batch size here, so it has no place on the axis.
    expect(imagenet.data.some(({ text }) => String(text).includes('vissl'))).toBe(false);
  });
});

test.each([
  ['epochs', accuracyByEpochs, { epochs: 1 }, { epochs: 20 }, /epochs/],
  [
    'queue size',
    accuracyByQueueSize,
    { method: 'moco', queueSize: 64 },
    { method: 'moco', queueSize: 256 },
    /queue size/,
  ],
  ['temperature', temperatureSensitivity, { temperature: 0.05 }, { temperature: 0.5 }, /temperature/],
  ['learning rate', learningRateSensitivity, { learningRate: 0.01 }, { learningRate: 0.1 }, /learning rate/],
] as const)('accuracy against %s has it as its axis', (_, draw, one, other, axis) => {
  const figure = draw(together(...losses(one), ...losses(other)));
  const { title, tickvals } = figure.layout.xaxis as { title: { text: string }; tickvals: number[] };
  expect(title.text).toMatch(axis);
  expect(tickvals).toEqual([one, other].map((changes) => Object.values(changes).at(-1)));
  expect(figure.data.map(({ name }) => name)).toEqual(['InfoNCE', 'InfoNCE, seeds', 'DCL', 'DCL, seeds']);
});

describe('variationInTraining', () => {
  const figure = variationInTraining(
    together(
      ...losses({ batchSize: 16, variationQ: 0.5 }),
      { loss: 'infonce', batchSize: 64, variationQ: 0.1 },
      { loss: 'dcl', batchSize: 64, variationQ: 0.2 },
    ),
  );

  test('draws C_v as it is, from 0, a line for each loss', () => {
    expect(named(figure, 'InfoNCE')).toMatchObject({ y: [0.5, 0.1] });
    expect(named(figure, 'DCL')).toMatchObject({ y: [0.5, 0.2] });
    expect(figure.layout.yaxis).toMatchObject({
      rangemode: 'tozero',
      title: { text: expect.stringContaining('C<sub>v</sub>') },
    });
    expect(subtitle(figure)).toMatch(/3 seeds .*q of the batches reported in the last epoch/);
  });

  test('refuses trials that differ in something else', () => {
    expect(() => variationInTraining(together({ batchSize: 16 }, { batchSize: 32, epochs: 1 }))).toThrow(
      /differ in epochs \(10, 1\)/,
    );
  });
});

describe('differenceByFactor', () => {
  const at = (batchSize: number, dcl: number[]) => [
    ...rowsOf(seeds([0.4, 0.5, 0.6], { batchSize })),
    ...rowsOf(seeds(dcl, { batchSize, loss: 'dcl' })),
  ];
  const results = tableOf([...at(64, [0.4, 0.5, 0.6]), ...at(16, [0.41, 0.53, 0.62])]);

  test('draws the paired differences in points with their interval and a line at 0', () => {
    const figure = differenceByFactor(results);
    const line = named(figure, 'DCL less InfoNCE') as { y: number[]; error_y: { array: number[] } };
    expect(line.y).toEqual([2, 0]);
    // s = 1 point, t(0.975, 2) = 4.30265, as the paired interval of compare.
    expect(line.error_y.array[0]).toBeCloseTo(2.484, 3);
    expect(named(figure, 'DCL less InfoNCE, seeds')).toMatchObject({ y: [1, 3, 2, 0, 0, 0] });
    expect(figure.layout).toMatchObject({ showlegend: true, yaxis: { zeroline: true } });
  });

  test('takes another loss as the baseline, and refuses one that is not there', () => {
    expect(named(differenceByFactor(results, { baseline: 'dcl' }), 'InfoNCE less DCL')).toMatchObject({
      y: [-2, 0],
    });
    expect(() => differenceByFactor(results, { baseline: 'dclw' })).toThrow(/No trial has loss dclw/);
  });

  test('refuses losses of other seeds', () => {
    const lacking = tableOf(rowsOf(results).filter(({ loss, seed }) => loss === 'infonce' || seed < 3));
    expect(() => differenceByFactor(lacking)).toThrow(/the seeds are 1,2,3 in a and 1,2 in b/);
  });
});

describe('sensitivityBars', () => {
  const results = tableOf(
    [0.5, 0.1].flatMap((temperature) => [
      ...rowsOf(seeds([0.4, 0.5], { temperature })),
      ...rowsOf(seeds([0.4 + temperature / 10, 0.5], { temperature, loss: 'dcl' })),
    ]),
  );
  const temperatures = sensitivity(results, { factor: 'temperature' });

  test('draws the ranges in points, a bar for each loss at each setting, with seeds and values', () => {
    const figure = sensitivityBars([temperatures], { subtitle: 'noise' });
    expect(named(figure, 'InfoNCE')).toMatchObject({ type: 'bar', x: ['temperature<br>0.1, 0.5'], y: [0] });
    expect(named(figure, 'DCL')).toMatchObject({ y: [2] });
    expect(named(figure, 'DCL, seeds')).toMatchObject({ y: [4, 0], offsetgroup: 'DCL' });
    expect(subtitle(figure)).toBe('noise; 2 seeds (dots), mean and 95 % t-interval');
  });

  test('draws no dots and no interval for one seed, and says so', () => {
    const one = sensitivity(arm(results, { seed: 1 }), { factor: 'temperature' });
    const figure = sensitivityBars([one]);
    expect(figure.data).toMatchObject([
      { name: 'InfoNCE', error_y: { visible: false } },
      { name: 'DCL', y: [4] },
    ]);
    expect(subtitle(figure)).toBe('one seed, no interval');
  });

  test('refuses nothing at all, and what is no accuracy', () => {
    expect(() => sensitivityBars([])).toThrow(InputError);
    const loss = sensitivity(results, { factor: 'temperature', measure: 'finalLoss' });
    expect(() => sensitivityBars([loss])).toThrow(/not of finalLoss/);
  });
});

test('a figure against the queue size refuses methods without a queue', () => {
  const rows = together({ method: 'moco', queueSize: 64 }, { method: 'moco', queueSize: null });
  expect(() => accuracyByQueueSize(rows)).toThrow(/A trial of moco has no queueSize/);
});
