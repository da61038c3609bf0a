import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussianBlur } from '../../src/data/blur.js';
import { expectClose, golden, goldenPattern } from './golden-views.js';

/** The definition, value by value. */
function slowBlur(image: Float32Array, height: number, width: number, channels: number, sigma: number) {
  const radius = Math.floor(Math.floor(height / 10) / 2);
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const weights = offsets.map((x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + weight);
  return image.map((_, i) => {
    const [channel, x] = [i % channels, Math.floor(i / channels) % width];
    const y = Math.floor(i / channels / width);
    let value = 0;
    for (const [v, down] of offsets.entries()) {
      for (const [h, across] of offsets.entries()) {
        const [row, column] = [y + down, x + across];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        value += weights[v]! * weights[h]! * image[(row * width + column) * channels + channel]!;
      }
    }
    return value / sum ** 2;
  });
}

describe('gaussianBlur', () => {
  test.each(golden.blurs)('equals convolution by PyTorch for sigma $sigma', ({ sigma, output }) => {
    const image = Float32Array.from(goldenPattern(42, 5), (value) => value / 255);
    gaussianBlur(image, [42, 5, 3], sigma);
    expectClose(image, output, 3e-7);
  });

  test('is its definition for any shape, image after image', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 3),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (height, width, channels, sigma) => {
          const image = Float32Array.from(
            { length: height * width * channels },
            (_, i) => ((i * 37) % 101) / 100,
          );
          const expected = slowBlur(image, height, width, channels, sigma);
          gaussianBlur(image, [height, width, channels], sigma);
          expectClose(image, expected, 5e-7);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('leaves images below 20 pixels as they are, whose kernel is one pixel', () => {
    const image = Float32Array.from({ length: 19 * 4 }, (_, i) => i / 76);
    const before = image.slice();
    gaussianBlur(image, [19, 4, 1], 2);
    expect(image).toEqual(before);
  });
});
