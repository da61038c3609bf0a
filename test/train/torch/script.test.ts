import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simclrViews } from '../../../src/data/index.js';
import { stems } from '../../../src/models/index.js';
import { recipe, type TorchPretraining, torchPretrainingOf, torchScript } from '../../../src/train/index.js';
import { readDescription } from '../../../src/weights/saved-description.js';

const golden = fileURLToPath(new URL('paper-lightly.py', import.meta.url));

describe('the script of a pretraining', () => {
  test('is the one in paper-lightly.py for the paper, otherwise lightly', async () => {
    const script = torchScript(torchPretrainingOf(recipe('paper', 'lightly')));
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
    await expect(script.replace(`dcl-lab ${version}`, 'dcl-lab')).toMatchFileSnapshot(golden);
  });

  test('has each setting of the recipe, and the learning rate follows the batch', () => {
    const script = torchScript(torchPretrainingOf(recipe('solo-learn'), { loss: 'dclw', batchSize: 512 }));
    for (const line of [
      'loss: str = "dclw"',
      'sigma: float = 0.5',
      'temperature: float = 0.2',
      'encoder: str = "resnet18"',
      'head_hidden: int = 4096',
      'batch_size: int = 512',
      'optimiser: str = "lars, pytorch"',
      'trust_coefficient: float = 0.02',
      'learning_rate_base: float = 0.3',
      'warmup_start: float = 0.00003',
      'return self.learning_rate_base * self.batch_size / 256',
      'ratio = (ratio / rate).clamp(max=1.0)',
    ]) {
      expect(script).toContain(line);
    }
    expect(script).not.toContain('cosine_floor');
    expect(script).toContain('#   as asked for');
  });

  test("says of the source what is in the file, with the recipe's notes", () => {
    const simclr = recipe('simclr');
    const script = torchScript(torchPretrainingOf(simclr));
    expect(script).toContain('from the recipe simclr; made to be read and changed.');
    expect(script.replaceAll(/\n +/g, ' ')).toContain(`- ${simclr.notes[0]}`);
    expect(script).toContain(`    #   ${simclr.sources.views}\n    view_size`);
    // SimCLR's pixels are not standardised.
    expect(script).not.toMatch(/pixel_mean|Normalize/);
  });

  test('tells dcl-lab how the encoder begins and what is done to the pixels', () => {
    const { encoder, ...rest } = torchPretrainingOf(recipe('lightly'));
    const script = torchScript({
      ...rest,
      encoder: { ...encoder, stem: stems.cifar, inputShape: [32, 40, 3] },
    });
    const [, text] = /^ENCODER = '(.*)'$/m.exec(script)!;
    const file = { path: 'checkpoint.pth', metadata: { 'dcl-lab encoder': text! } };
    expect(readDescription(file as unknown as Parameters<typeof readDescription>[0])).toEqual({
      stem: stems.cifar,
      standardise: encoder.standardise,
      inputShape: [32, 40, 3],
    });
    expect(script).toContain('view_size: tuple[int, ...] = (32, 40)');
    expect(script).toContain('encoder.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)');
  });

  test("has another method in the place of the recipe's, and says that the rest is not of it", () => {
    const options = { queueSize: 65_536, keyMomentumSchedule: 'cosine' } as const;
    const moco = torchScript(torchPretrainingOf(recipe('lightly'), { method: 'moco' }, options));
    for (const line of [
      'Pretrains an encoder by MoCo v2 with the decoupled contrastive loss (DCL)',
      'are of a recipe of simclr; MoCo v2 on ImageNet has a temperature of 0.2',
      'method: str = "moco"',
      'queue_size: int = 65536',
      'key_momentum: float = 0.999',
      'network.module.update(keys, key_momentum(step, steps_per_epoch))',
    ]) {
      expect(moco).toContain(line);
    }
    const nnclr = torchScript(torchPretrainingOf(recipe('lightly'), { method: 'nnclr' }));
    expect(nnclr).toContain('prediction_hidden: int = 4096');
    expect(nnclr).toContain('("norm2", nn.BatchNorm1d(hidden))');
    expect(nnclr).not.toMatch(/key_|import copy/);
    const simclr = torchScript(torchPretrainingOf(recipe('lightly')));
    expect(simclr).not.toMatch(/queue|key_|hidden1/);
  });

  test('of whatever settings has one loss and one optimiser, and no trace of the template', () => {
    fc.assert(
      fc.property(pretrainings, (pretraining) => {
        const script = torchScript(pretraining);
        expect(script).not.toMatch(/#:|\{\{|\}\}|undefined|NaN/);
        expect(script.match(/^ {4}return .*mean\(\), q$/gm)).toHaveLength(1);
        expect(script.includes('class LARS')).toBe(pretraining.optimiser.name === 'lars');
        expect(script.includes('GaussianBlur')).toBe(pretraining.views.blur !== undefined);
        // Every setting that the code reads is given.
        const given = [...script.matchAll(/^ {4}(\w+): \S+(?: \.\.\.\])? = /gm)].map(([, name]) => name);
        const read = [...script.matchAll(/(?:settings|\bs)\.(\w+)/g)].map(([, name]) => name!);
        const known = [...given, 'learning_rate'];
        expect(read.filter((name) => !known.includes(name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a pretraining for the script', () => {
  test('is refused with what the script does not have', () => {
    const lightly = recipe('lightly');
    const views = simclrViews({ smallCrops: { count: 2, size: 96, scale: [0.05, 0.14] } });
    expect(() => torchPretrainingOf(lightly, { method: 'byol' })).toThrow(/no method "byol"/);
    expect(() => torchPretrainingOf(lightly, {}, { queueSize: 9 })).toThrow(
      /queueSize is 9, but the method simclr has no such setting/,
    );
    expect(() => torchPretrainingOf(lightly, { views })).toThrow(/small crops .* leave smallCrops out/);
    expect(() => torchPretrainingOf(recipe('paper'))).toThrow(/paper does not state temperature/);
    expect(() => torchPretrainingOf(lightly, { architecture: 'vgg' })).toThrow(/no architecture "vgg"/);
  });
});

const lightly = torchPretrainingOf(recipe('lightly'));

/** Every setting that decides which parts of the template are there. */
const pretrainings: fc.Arbitrary<TorchPretraining> = fc
  .record({
    method: fc.constantFrom<TorchPretraining['method']>(
      { name: 'simclr' },
      { name: 'moco', queueSize: 9, keyMomentum: 0.9, keyMomentumSchedule: 'constant' },
      { name: 'moco', queueSize: 9, keyMomentum: 0.9, keyMomentumSchedule: 'cosine' },
      { name: 'nnclr', queueSize: 9, predictionFeatures: 8 },
    ),
    loss: fc.constantFrom('infonce', 'dcl', 'dclw'),
    block: fc.constantFrom('basic' as const, 'bottleneck' as const),
    stages: fc.constantFrom([1, 1, 1], [2, 2, 2, 2], [3, 4, 6, 3]),
    width: fc.constantFrom(4, 64),
    stem: fc.constantFrom(...Object.values(stems), { ...stems.cifar, padding: 2, relu: false }),
    standardise: fc.constantFrom('none' as const, lightly.encoder.standardise),
    batchNorm: fc.constantFrom('none' as const, 'hidden' as const, 'all' as const),
    blur: fc.boolean(),
    optimiser: fc.constantFrom('sgd', 'google', 'pytorch'),
    exclude: fc.boolean(),
    clip: fc.boolean(),
    scaled: fc.boolean(),
    warmupStart: fc.boolean(),
    cosineFloor: fc.boolean(),
  })
  .map((drawn): TorchPretraining => {
    const { warmupStart: _, cosineFloor: __, ...rest } = lightly;
    const form = drawn.optimiser;
    const shared = { momentum: 0.9, weightDecay: 1e-4, excludeBiasesAndNorms: drawn.exclude };
    return {
      ...rest,
      method: drawn.method,
      loss: {
        name: drawn.loss,
        settings: { temperature: 0.1, ...(drawn.loss === 'dclw' && { sigma: 0.5 }) },
      },
      encoder: { ...rest.encoder, ...drawn },
      head: { ...rest.head, batchNorm: drawn.batchNorm },
      views: drawn.blur ? rest.views : simclrViews(),
      optimiser:
        form === 'sgd'
          ? { name: 'sgd', settings: shared }
          : {
              name: 'lars',
              settings: {
                ...{ ...shared, form, trustCoefficient: 1e-3 },
                ...(form === 'pytorch' && { epsilon: 1e-8, clip: drawn.clip }),
              },
            },
      learningRate: drawn.scaled ? rest.learningRate : 0.1,
      ...(drawn.warmupStart && { warmupStart: 1e-4 }),
      ...(drawn.cosineFloor && { cosineFloor: 1e-3 }),
    };
  });
