import { describe, expect, test } from 'vitest';
import { defaultViews, inMemory, simclrViews } from '../../src/data/index.js';
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
    [{ strength: 3 }, /hue is 0.6.*; it must be a number from 0 to 0.5/],
  ] as const)('refuses %o', (options, message) => {
    expect(() => simclrViews(options)).toThrow(InputError);
    expect(() => simclrViews(options)).toThrow(message);
  });
});

describe('defaultViews', () => {
  const images = (channels: number) =>
    inMemory({
      name: 'one',
      shape: [1, 1, channels],
      classes: ['only'],
      labels: new Int32Array(1),
      pixels: new Uint8Array(channels),
    });

  test('takes the CIFAR recipe for colour images', () => {
    expect(defaultViews(images(3))).toEqual(simclrViews());
  });

  test('does not mirror one-channel images', () => {
    expect(defaultViews(images(1)).flipProbability).toBe(0);
  });
});
