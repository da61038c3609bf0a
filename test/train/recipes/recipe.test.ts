import { beforeAll, describe, expect, test } from 'vitest';
import { requireViewSettings } from '../../../src/data/view-settings.js';
import { InputError } from '../../../src/errors.js';
import {
  differences,
  notStated,
  pretrain,
  type RecipeName,
  recipe,
  recipeNames,
  recipeOptions,
} from '../../../src/train/index.js';
import { useAnyEngine } from '../../engines.js';
import { eventsOf, smallData, smallEncoder } from '../small-run.js';

beforeAll(useAnyEngine);

const complete = recipeNames.filter((name) => name !== 'paper');

describe('recipe', () => {
  test.each(recipeNames)('%s gives a source for every setting that it states, and for no other', (name) => {
    const { settings, sources } = recipe(name);
    const stated = Object.entries(settings).flatMap(([key, value]) => (value === notStated ? [] : [key]));
    expect(Object.keys(sources)).toEqual(stated);
  });

  test.each(complete)('%s has views that can be drawn, and an epoch count, as plain data', (name) => {
    const { views, ...settings } = recipe(name).settings;
    if (views === notStated) throw new Error('views are stated');
    expect(() => requireViewSettings(views)).not.toThrow();
    expect(JSON.parse(JSON.stringify({ views, ...settings }))).toEqual({ views, ...settings });
  });

  test('takes from the others, in order, what the first does not state', () => {
    const combined = recipe('paper', 'lightly', 'simclr');
    expect(combined.name).toBe('paper, otherwise lightly, otherwise simclr');
    const [paper, lightly] = [recipe('paper'), recipe('lightly')];
    expect(combined.settings).toEqual({
      ...lightly.settings,
      ...Object.fromEntries(Object.entries(paper.settings).filter(([, value]) => value !== notStated)),
    });
    expect(combined.settings).toMatchObject({ epochs: 200, temperature: 0.1, cosineFloor: 0.001 });
    expect(combined.sources).toMatchObject({
      epochs: paper.sources.epochs,
      optimiser: lightly.sources.optimiser,
    });
  });

  test('refuses a name that there is none of', () => {
    expect(() => recipe('byol' as RecipeName)).toThrow(InputError);
    expect(() => recipe('paper', 'toString' as RecipeName)).toThrow(
      'no recipe "toString": choose paper, lightly, solo-learn, simclr',
    );
  });
});

describe('differences', () => {
  test('are none of a recipe from itself, and the same both ways round', () => {
    for (const a of recipeNames) {
      expect(differences(recipe(a), recipe(a))).toEqual([]);
      for (const b of recipeNames) {
        const swapped = differences(recipe(b), recipe(a)).map((row) => ({ ...row, a: row.b, b: row.a }));
        const bySetting = (rows: typeof swapped) =>
          [...rows].sort((x, y) => x.setting.localeCompare(y.setting));
        expect(bySetting(swapped)).toEqual(bySetting(differences(recipe(a), recipe(b))));
      }
    }
  });

  test('say the parts of a setting one by one, what one alone has, and what is not stated as a whole', () => {
    const rows = differences(recipe('lightly'), recipe('simclr'));
    expect(rows).toEqual([
      { setting: 'standardise', a: 'imagenet', b: 'none' },
      { setting: 'loss', a: 'dcl', b: 'infonce' },
      { setting: 'batchSize', a: 256, b: 4096 },
      { setting: 'optimiser.form', a: 'pytorch', b: 'google' },
      { setting: 'optimiser.epsilon', a: 1e-8, b: 'none' },
      { setting: 'optimiser.clip', a: false, b: 'none' },
      { setting: 'learningRate.base', a: 0.075, b: 0.3 },
      { setting: 'learningRate.scaling', a: 'square-root', b: 'linear' },
      { setting: 'cosineFloor', a: 0.001, b: 'none' },
      { setting: 'linearEvaluation.optimiser', a: 'sgd', b: 'sgd with Nesterov momentum' },
      { setting: 'linearEvaluation.weightDecay', a: 0, b: 1e-6 },
      { setting: 'linearEvaluation.batchSize', a: 256, b: 4096 },
      { setting: 'linearEvaluation.reported', a: 'the highest', b: 'the last' },
    ]);
    expect(differences(recipe('paper'), recipe('lightly'))).toContainEqual({
      setting: 'learningRate',
      a: 'not stated',
      b: 'base 0.075, scaling square-root',
    });
  });
});

describe('recipeOptions', () => {
  const head = { hiddenFeatures: 4, outputFeatures: 3, batchNorm: 'all' } as const;
  const small = { encoder: smallEncoder(), data: smallData(), batchSize: 4, epochs: 2, warmupEpochs: 1 };

  test.each(complete)('of %s train, with the learning rate that follows from the batch', async (name) => {
    const options = recipeOptions(recipe(name), { temperature: 0.5, head });
    const events = await eventsOf(
      pretrain({ ...options, ...small, encoder: smallEncoder(), reportEvery: 1 }),
    );
    const rates = events.flatMap((event) => (event.type === 'step' ? [event.learningRate] : []));
    const highest = { lightly: 0.075 * 2, 'solo-learn': (0.3 * 4) / 256, simclr: (0.3 * 4) / 256 }[
      name as 'lightly'
    ];
    expect(Math.max(...rates)).toBeCloseTo(highest, 12);
    expect(options.method.loss.settings.temperature).toBe(0.5);
  });

  test('say lightly as lightly has it', () => {
    expect(recipeOptions(recipe('paper', 'lightly'))).toMatchObject({
      method: { name: 'simclr', settings: { headBatchNorm: 'all', hiddenFeatures: 2048 } },
      views: { hue: 0.2, blur: { probability: 0.5, sigma: [0.1, 2] } },
      epochs: 200,
      optimiser: { name: 'lars', settings: { form: 'pytorch', weightDecay: 1e-6 } },
      learningRate: { base: 0.075, scaling: 'square-root' },
      warmupEpochs: 10,
      cosineFloor: 0.001,
    });
  });

  test('refuse what the recipe leaves open, by name', () => {
    expect(() => recipeOptions(recipe('paper'), { temperature: 0.1, warmupEpochs: 10 })).toThrow(
      'The recipe paper does not state head, views, optimiser, learningRate, warmupStart, cosineFloor; name another',
    );
    expect(() => recipeOptions(recipe('simclr'), { loss: 'triplet' })).toThrow('no loss "triplet"');
  });
});
