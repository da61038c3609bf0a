import { describe, expect, test } from 'vitest';
import { defaultViews } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';
import { readSpec, type SweepSpec, sweep } from '../../src/experiments/index.js';
import { pooled } from '../../src/experiments/pooled-multiplier.js';
import { requireSpec } from '../../src/experiments/require-spec.js';
import { type SweepImages, trialsOf } from '../../src/experiments/trial.js';
import { statistics } from '../../src/npc/index.js';

const images: SweepImages = {
  data: 'noise train',
  images: 1000,
  fingerprint: 'a',
  testData: 'noise test',
  testImages: 100,
  testFingerprint: 'b',
  views: defaultViews({ shape: [8, 8, 3] }),
};
const spec: SweepSpec = { data: 'mnist', loss: ['infonce', 'dclw'], batchSize: [32, 128], seed: [1, 2] };
const settings = (changes: Partial<SweepSpec> = {}) =>
  trialsOf({ ...spec, ...changes }, images, '1.0.0').map((trial) => trial.settings);

describe('the trials of a spec', () => {
  test('are every combination, seed by seed', () => {
    expect(settings().map(({ seed, batchSize, loss }) => [seed, batchSize, loss])).toEqual(
      [1, 2].flatMap((seed) =>
        [32, 128].flatMap((batch) => ['infonce', 'dclw'].map((loss) => [seed, batch, loss])),
      ),
    );
  });

  test('have the learning rate that the rule gives for their batch size', () => {
    const rates = (learningRateRule: SweepSpec['learningRateRule'] & string) =>
      settings({ loss: 'dcl', seed: 1, learningRate: 0.06, learningRateRule }).map((s) => s.peakLearningRate);
    expect(rates('linear')).toEqual([0.015, 0.06]);
    expect(rates('square-root')).toEqual([0.03, 0.06]);
    expect(rates('constant')).toEqual([0.06, 0.06]);
  });

  test('have a sigma only where the loss has one', () => {
    expect(settings({ sigma: 0.3 }).map(({ loss, sigma }) => [loss, sigma])).toContainEqual(['dclw', 0.3]);
    expect(new Set(settings({ loss: 'dcl' }).map(({ sigma }) => sigma))).toEqual(new Set([null]));
  });

  test('have a queue and a key momentum only where the method has them, and are there once', () => {
    const changes = { method: ['simclr', 'moco', 'nnclr'], queueSize: [64, 256], loss: 'dcl', seed: 1 };
    const found = settings({ ...changes, batchSize: 32, keyMomentum: 0.99 });
    expect(found.map(({ method, queueSize, keyMomentum }) => [method, queueSize, keyMomentum])).toEqual([
      ['simclr', null, null],
      ['moco', 64, 0.99],
      ['moco', 256, 0.99],
      ['nnclr', 64, null],
      ['nnclr', 256, null],
    ]);
  });

  test.each<[string, Partial<SweepSpec>]>([
    ['method', { method: 'nnclr' }],
    ['temperature', { temperature: 0.2 }],
    ['learning rate', { learningRate: 0.1 }],
    ['learning-rate rule', { learningRateRule: 'constant' }],
    ['epochs', { epochs: 20 }],
    ['architecture', { architecture: 'resnet8' }],
    ['width', { width: 16 }],
    ['head', { headFeatures: 64 }],
    ['warm-up', { warmupEpochs: 1 }],
    ['weight decay', { weightDecay: 0 }],
    ['momentum', { momentum: 0.8 }],
    ['linear epochs', { linearEpochs: 1 }],
  ])('are others with another %s', (_, changes) => {
    const keys = (given: Partial<SweepSpec>) =>
      trialsOf({ ...spec, ...given }, images, '1').map(({ key }) => key);
    expect(keys(changes).some((key) => keys({}).includes(key))).toBe(false);
  });

  test('are others with other images, views or another version of the library, and the same otherwise', () => {
    const keys = (changes: Partial<SweepImages> = {}, version = '1') =>
      trialsOf(spec, { ...images, ...changes }, version).map(({ key }) => key);
    const views = { ...images.views, hue: 0 };
    for (const other of [
      keys({ fingerprint: 'x' }),
      keys({ testFingerprint: 'x' }),
      keys({ views }),
      keys({}, '2'),
    ]) {
      expect(other.some((key) => keys().includes(key))).toBe(false);
    }
    expect(keys()).toEqual(keys());
    expect(new Set(keys()).size).toBe(8);
  });

  test('with settings varied one at a time are all once, seed by seed', () => {
    const varied = settings({
      loss: 'dcl',
      batchSize: 32,
      temperature: 0.1,
      epochs: 2,
      oneAtATime: { temperature: [0.1, 0.5], epochs: [1, 2, 4] },
    });
    expect(varied.map(({ seed, temperature, epochs }) => [seed, temperature, epochs])).toEqual(
      [1, 2].flatMap((seed) => [
        [seed, 0.1, 2],
        [seed, 0.5, 2],
        [seed, 0.1, 1],
        [seed, 0.1, 4],
      ]),
    );
    expect(new Set(varied.map(({ batchSize, loss }) => `${loss} ${batchSize}`))).toEqual(new Set(['dcl 32']));
  });

  test('a batch larger than the data set is refused', () => {
    expect(() => settings({ batchSize: [32, 2000] })).toThrow(/batchSize is 2000, but noise train has 1000/);
  });
});

describe('a spec is refused', () => {
  test.each<[string, object, RegExp]>([
    ['without its losses', { loss: undefined }, /loss is missing/],
    ['with an unknown setting', { epoch: 3 }, /no setting "epoch" \(choose .*epochs/],
    ['with an empty list', { batchSize: [] }, /batchSize is \[\]: it is an empty list/],
    ['with an unknown loss', { loss: ['dcl', 'triplet'] }, /loss is .*"triplet" cannot be used/],
    ['with a value twice', { seed: [1, 2, 1] }, /seed is \[1,2,1\]: 1 is there twice/],
    ['with text for a number', { epochs: '10' }, /epochs is "10": it must be a whole number/],
    ['with a fraction for a whole number', { batchSize: [32, 2.5] }, /2\.5 cannot be used/],
    ['with a batch of one image', { batchSize: 1 }, /batchSize is 1: .*at least 2/],
    ['with a temperature of 0', { temperature: [0.1, 0] }, /0 cannot be used: it must be a number above 0/],
    ['with a seed below 0', { seed: -1 }, /seed is -1/],
    ['with an unknown rule', { learningRateRule: 'cubic' }, /one of linear, square-root, constant/],
    ['with an unknown view setting', { views: { sharpness: 1 } }, /no view setting "sharpness"/],
    ['with a size of one number', { size: 32 }, /size is 32: it must be \[height, width\]/],
    [
      'with a seed varied alone',
      { oneAtATime: { seed: [1, 2] } },
      /"seed" cannot be varied by itself; choose/,
    ],
    [
      'with a wrong value varied alone',
      { oneAtATime: { epochs: [0] } },
      /oneAtATime is .*epochs is \[0\]: 0 cannot/,
    ],
    ['with a list of what varies alone', { oneAtATime: ['epochs'] }, /oneAtATime is .*must be an object/],
    ['with an unknown architecture', { architecture: 'vgg' }, /architecture is "vgg"/],
  ])('%s', (_, changes, message) => {
    expect(() => requireSpec({ ...spec, ...changes })).toThrow(InputError);
    expect(() => requireSpec({ ...spec, ...changes })).toThrow(message);
  });

  test('with all of its problems at once, before anything is written', () => {
    const broken = { ...spec, epochs: [], momentum: 2 } as SweepSpec;
    expect(() => sweep(broken, { folder: '/nowhere' })).toThrow(/epochs is .*; momentum is 2/);
  });

  test('where it is no object or no file', async () => {
    expect(() => requireSpec([spec])).toThrow(/no object/);
    await expect(readSpec('nowhere.json')).rejects.toThrow(/nowhere\.json cannot be read/);
  });
});

test.each([
  ['02-batch-size-ablation', 45],
  ['03-sensitivity', 60],
  ['04-moco-queue', 18],
  ['05-nnclr', 6],
])('the spec of the notebook %s has its trials', async (name, count) => {
  const trials = trialsOf(await readSpec(`notebooks/${name}.sweep.json`), { ...images, images: 10_000 }, '1');
  expect(trials).toHaveLength(count);
});

test('q pooled over batches is that of all its values', () => {
  const batches = [
    [0.1, 0.5, 0.3, 0.2],
    [0.9, 0.8, 1, 0],
    [0.4, 0.4, 0.4, 0.4],
  ];
  const { mean, variation } = statistics(batches.flat());
  const together = pooled(batches.map((q) => statistics(q)));
  expect(together.mean).toBeCloseTo(mean, 12);
  expect(together.variation).toBeCloseTo(variation, 12);
});
