import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { InputError } from '../../src/errors.js';
import {
  architectures,
  byName,
  type ResNetOptions,
  resnet,
  resnet8,
  resnet18,
  resnet34,
  resnet50,
  type StemName,
  stemOf,
  stems,
} from '../../src/models/index.js';
import { engines, useAnyEngine } from '../engines.js';
import golden from '../golden/models.json' with { type: 'json' };
import { chirp, digest, placeWeights, relativeError } from './chirp.js';
import { savedAndLoaded } from './saved-and-loaded.js';

function trainableParameters(model: tf.LayersModel): number {
  return model.trainableWeights.reduce((sum, weight) => sum + weight.read().size, 0);
}

beforeAll(useAnyEngine);

describe('parameters', () => {
  it.each([
    ['resnet18', 11_176_512],
    ['resnet34', 21_284_672],
    ['resnet50', 23_508_032],
  ])('%s with the ImageNet stem has as many as without its classifier in torchvision', (name, count) => {
    const model = byName(name, { stem: 'imagenet', inputShape: [32, 32, 3] });
    expect(trainableParameters(model)).toBe(count);
    model.dispose();
  });

  it('the weights follow He et al., normal with variance 2 over the fan out', () => {
    const kernel = resnet18().getLayer('stage3.1.conv2').getWeights()[0]!;
    const { mean, variance } = tf.moments(kernel);
    const expected = 2 / (3 * 3 * 256);
    expect(Math.abs(mean.arraySync() as number)).toBeLessThan(4 * Math.sqrt(expected / kernel.size));
    expect((variance.arraySync() as number) / expected).toBeCloseTo(1, 1);
  });

  it('are the same for the same seed and differ for another, and from layer to layer', () => {
    const kernels = (options: ResNetOptions) => {
      const model = resnet8({ width: 4, ...options });
      return ['stage1.1.conv1', 'stage1.1.conv2'].map((name) => [
        ...model.getLayer(name).getWeights()[0]!.dataSync(),
      ]);
    };
    expect(kernels({ seed: 7 })).toEqual(kernels({ seed: 7 }));
    expect(kernels({})).toEqual(kernels({ seed: 0 }));
    expect(kernels({ seed: 7 })).not.toEqual(kernels({ seed: 8 }));
    const [first, second] = kernels({ seed: 7 });
    expect(first).not.toEqual(second);
  });
});

describe('shapes', () => {
  it.each([
    ['resnet8', {}, [null, 32, 32, 3], 64],
    ['resnet18', { width: 4 }, [null, 32, 32, 3], 32],
    ['resnet34', { width: 4, inputShape: [28, 28, 1] }, [null, 28, 28, 1], 32],
    ['resnet50', { width: 2, stem: 'imagenet' }, [null, 224, 224, 3], 64],
  ] as const)('%s with %j takes %j and gives %d features', (name, options, input, features) => {
    const model = byName(name, options);
    expect(model.name).toBe(name);
    expect(model.inputs[0]!.shape).toEqual(input);
    expect(model.outputs[0]!.shape).toEqual([null, features]);
  });

  it('an odd number of rows halves to the larger half, as in PyTorch', () => {
    const model = resnet8({ width: 2, inputShape: [7, 10, 1] });
    expect(model.getLayer('stage2.1.conv1').outputShape).toEqual([null, 4, 5, 4]);
    expect(model.getLayer('stage3.1.conv1').outputShape).toEqual([null, 2, 3, 8]);
  });

  it('the ImageNet stem leaves a quarter of height and width', () => {
    const model = resnet34({ stem: 'imagenet', width: 2, inputShape: [64, 96, 3] });
    expect(model.getLayer('stem.pool').outputShape).toEqual([null, 16, 24, 2]);
  });

  it.each([
    [[1, 2], 'basic', 'resnet8', 8],
    [[1, 2], 'bottleneck', 'resnet11', 32],
    [[3, 4, 23, 3], 'bottleneck', 'resnet101', 128],
  ] as const)('stages of %j %s blocks are a %s with %d features', (stages, block, name, features) => {
    const model = resnet({ stages, block }, { width: 4, inputShape: [8, 8, 3] });
    expect(model.name).toBe(name);
    expect(model.outputs[0]!.shape).toEqual([null, features]);
    const refused = () => resnet({ stages: [1, 0], block }, {});
    expect(refused).toThrow('stages[1] is 0');
  });

  it('more padding leaves more', () => {
    const stem = { ...stems.cifar, padding: 2 };
    const model = resnet8({ stem, width: 2, inputShape: [8, 9, 3] });
    expect(model.getLayer('stem.norm').outputShape).toEqual([null, 10, 11, 2]);
    expect(stemOf(model)).toEqual(stem);
    expect(stemOf(resnet8({ stem: 'imagenet', width: 2 }))).toEqual({ ...stems.imagenet, padding: 3 });
  });

  it('summary prints every layer', () => {
    const lines: string[] = [];
    const model = resnet8({ width: 2 });
    model.summary(undefined, undefined, (line) => lines.push(String(line)));
    for (const { name } of model.layers) expect(lines.join('\n')).toContain(`${name} (`);
  });
});

it('a saved encoder loads with its weights and moving statistics, and trains on', async () => {
  const model = resnet8({ width: 2, inputShape: [8, 8, 3], seed: 3 });
  const images = chirp([3, 8, 8, 3], 0);
  model.apply(images, { training: true });
  const loaded = await savedAndLoaded(model);
  const features = (encoder: tf.LayersModel, training: boolean) =>
    (encoder.apply(images, { training }) as tf.Tensor).dataSync();
  expect(features(loaded, false)).toEqual(features(model, false));
  expect(features(loaded, true)).toEqual(features(model, true));
});

describe('bad options', () => {
  it.each<[string, object, string]>([
    ['a stem', { stem: 'mnist' }, 'There is no stem "mnist": choose cifar or imagenet'],
    ['a width of 0', { width: 0 }, 'width is 0'],
    ['a broken width', { width: 1.5 }, 'width is 1.5'],
    ['an input shape without channels', { inputShape: [32, 32] }, 'inputShape is [32,32]'],
    ['an empty input shape', { inputShape: [32, 0, 3] }, 'inputShape is [32,0,3]'],
    ['a broken seed', { seed: 0.5 }, 'seed is 0.5'],
    [
      'a stem with an even kernel',
      { stem: { kernelSize: 4, stride: 1, relu: true, pool: false } },
      'stem.kernelSize is 4',
    ],
    [
      'a stem that pools without a ReLU',
      { stem: { kernelSize: 3, stride: 1, relu: false, pool: true } },
      'stem.pool is true and stem.relu false',
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => resnet50(options as ResNetOptions)).toThrow(InputError);
    expect(() => resnet50(options as ResNetOptions)).toThrow(message);
  });

  it('byName lists the architectures there are', () => {
    expect(() => byName('vgg16')).toThrow(InputError);
    expect(() => byName('vgg16')).toThrow(architectures.join(', '));
  });
});

describe.each(engines)('on the engine %s', (engineName) => {
  beforeAll(async () => {
    await engine.use({ name: engineName, threads: 1 });
  });

  describe.each(golden.resnets)(
    '$architecture with the $stem stem',
    ({ architecture, images, width, ...expected }) => {
      const model = () => {
        const [, height, columns, channels] = images as [number, number, number, number];
        const encoder = byName(architecture, {
          stem: expected.stem as StemName,
          width,
          inputShape: [height, columns, channels],
        });
        placeWeights(encoder);
        return encoder;
      };

      it('gives the features that PyTorch gives, in training and then at inference', () => {
        const encoder = model();
        const trained = encoder.apply(chirp(images, 0), { training: true }) as tf.Tensor;
        expect(relativeError(trained.dataSync(), expected.training.flat())).toBeLessThan(1e-4);
        const inference = encoder.predict(chirp(images, 0)) as tf.Tensor;
        expect(relativeError(inference.dataSync(), expected.inferenceAfterwards.flat())).toBeLessThan(1e-4);
      });

      it('gives the gradients that PyTorch gives', () => {
        const encoder = model();
        const input = tf.variable(chirp(images, 0));
        const { grads } = tf.variableGrads(() => {
          const features = encoder.apply(input, { training: true }) as tf.Tensor;
          return tf.sum(tf.mul(features, chirp(features.shape, 0))) as tf.Scalar;
        });
        const inputGradient = tf.sum(tf.mul(grads[input.name]!, chirp(images, 1))).dataSync();
        expect(relativeError(inputGradient, [expected.inputGradient])).toBeLessThan(1e-3);
        const actual = new Map(
          encoder.trainableWeights.map((weight) => [weight.originalName, digest(grads[weight.name]!)]),
        );
        const names = Object.keys(expected.weightGradients);
        expect([...actual.keys()].sort()).toEqual(names.sort());
        const gradients = Object.entries(expected.weightGradients);
        const error = relativeError(
          gradients.map(([name]) => actual.get(name)!),
          gradients.map(([, value]) => value),
        );
        expect(error).toBeLessThan(1e-3);
      });
    },
  );
});
