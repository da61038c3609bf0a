import { describe, expect, test } from 'vitest';
import { defaultViews, imagenetViews, inMemory, simclrViews, supervisedViews } from '../../src/data/index.js';
import { InputError } from '../../src/errors.js';

describe('simclrViews', () => {
  test('has the CIFAR recipe of SimCLR as its defaults', () => {
    expect(simclrViews()).toEqual({
      cropScale: [0.08, 1],
      cropRatio: [3 / 4, 4 / 3],
      flipProbability: 0.5,
      jitterProbability: 0.8,
      brightness: 0.4,
      contrast: 0.4,
      saturation: 0.4,
      hue: 0.1,
      grayscaleProbability: 0.2,
    });
  });

  test('scales the jitter with its strength, but not what is given by itself', () => {
    const { brightness, contrast, saturation, hue } = simclrViews({ strength: 1, contrast: 0.3 });
    expect([brightness, contrast, saturation, hue]).toEqual([0.8, 0.3, 0.8, 0.2]);
  });

  test('survives JSON', () => {
    const smallCrops = { count: 6, size: 96, scale: [0.05, 0.14] } as const;
    const settings = simclrViews({ strength: 0.25, smallCrops });
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });

  test.each([
    [{ cropScale: [0, 1] }, 'cropScale'],
    [{ cropScale: [0.5, 1.5] }, 'cropScale'],
    [{ cropRatio: [2, 1] }, 'cropRatio'],
    [{ flipProbability: 1.1 }, 'flipProbability is 1.1; it must be a number from 0 to 1'],
    [{ brightness: -1 }, 'brightness is -1; it must be a finite number of at least 0'],
    [{ contrast: Number.POSITIVE_INFINITY }, 'contrast is Infinity'],
    [{ hue: Number.NaN }, 'hue is NaN; it must be a number from 0 to 0.5'],
    [{ smallCrops: { count: 0, size: 8, scale: [0.1, 0.2] } }, 'smallCrops.count is 0'],
    [{ smallCrops: { count: 1, size: 1.5, scale: [0.1, 0.2] } }, 'smallCrops.size is 1.5'],
    [{ smallCrops: { count: 1, size: 8, scale: [0.2, 0.1] } }, 'smallCrops.scale is [0.2, 0.1]'],
    [{ blur: { probability: 2, sigma: [0.1, 2] } }, 'blur.probability is 2'],
    [{ blur: { probability: 0.5, sigma: [0, 2] } }, 'blur.sigma is [0, 2]'],
    [{ strength: 3 }, /hue is 0.6.*; it must be a number from 0 to 0.5/],
  ] as const)('refuses %o', (options, message) => {
    expect(() => simclrViews(options)).toThrow(InputError);
    expect(() => simclrViews(options)).toThrow(message);
  });
});

test('imagenetViews has the ImageNet recipe of SimCLR, all of which can be changed', () => {
  const blur = { probability: 0.5, sigma: [0.1, 2] } as const;
  expect(imagenetViews()).toEqual({ ...simclrViews({ strength: 1 }), blur });
  expect(imagenetViews().hue).toBe(0.2);
  expect(imagenetViews({ strength: 0.5, cropScale: [0.2, 1] })).toEqual({
    ...simclrViews(),
    cropScale: [0.2, 1],
    blur,
  });
});

test('supervisedViews crops and flips, and changes no colours', () => {
  const { cropScale, flipProbability, jitterProbability, grayscaleProbability, blur } = supervisedViews();
  expect([cropScale, flipProbability]).toEqual([[0.08, 1], 0.5]);
  expect([jitterProbability, grayscaleProbability, blur]).toEqual([0, 0, undefined]);
});

describe('defaultViews', () => {
  const images = (channels: number, side = 1) =>
    inMemory({
      name: 'one',
      shape: [side, side, channels],
      classes: ['only'],
      labels: new Int32Array(1),
      pixels: new Uint8Array(side * side * channels),
    });

  test('takes the ImageNet recipe for colour images from 96 pixels on', () => {
    expect(defaultViews(images(3, 95))).toEqual(simclrViews());
    expect(defaultViews(images(3, 96))).toEqual(imagenetViews());
    expect(defaultViews(images(1, 96)).blur).toBeUndefined();
  });

  test('takes the CIFAR recipe for colour images', () => {
    expect(defaultViews(images(3))).toEqual(simclrViews());
  });

  test('does not mirror one-channel images', () => {
    expect(defaultViews(images(1)).flipProbability).toBe(0);
  });
});
