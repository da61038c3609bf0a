import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  toGrayscale,
} from '../../src/data/colour.js';
import { expectClose, golden, goldenImage } from './golden-views.js';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const images = fc.array(unit, { minLength: 12, maxLength: 12 }).map((values) => Float32Array.from(values));

describe('colour changes equal torchvision', () => {
  test.each(golden.brightness)('brightness $factor', ({ factor, output }) => {
    const image = goldenImage();
    adjustBrightness(image, factor);
    expectClose(image, output);
  });

  test.each(golden.contrast)('contrast $factor', ({ factor, output }) => {
    const image = goldenImage();
    adjustContrast(image, 3, factor);
    expectClose(image, output);
  });

  test.each(golden.saturation)('saturation $factor', ({ factor, output }) => {
    const image = goldenImage();
    adjustSaturation(image, factor);
    expectClose(image, output);
  });

  test.each(golden.hue)('hue $factor', ({ factor, output }) => {
    const image = goldenImage();
    adjustHue(image, factor);
    expectClose(image, output);
  });

  test('grayscale', () => {
    const image = goldenImage();
    toGrayscale(image);
    expectClose(image, golden.grayscale);
  });
});

test('the contrast of a one-channel image moves about its own mean', () => {
  const image = Float32Array.of(0.2, 0.4, 0.6, 0.4);
  adjustContrast(image, 1, 0.5);
  expectClose(image, [0.3, 0.4, 0.5, 0.4]);
});

test('a third of the circle turns red into green, green into blue and blue into red', () => {
  const image = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  adjustHue(image, 1 / 3);
  expectClose(image, [0, 1, 0, 0, 0, 1, 1, 0, 0]);
});

test('a turn of the hue keeps value and chroma, and the opposite turn undoes it', () => {
  fc.assert(
    fc.property(images, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (image, turn) => {
      const before = image.slice();
      adjustHue(image, turn);
      for (let i = 0; i < image.length; i += 3) {
        const [old, turned] = [before.subarray(i, i + 3), image.subarray(i, i + 3)];
        expect(Math.max(...turned)).toBeCloseTo(Math.max(...old), 6);
        expect(Math.min(...turned)).toBeCloseTo(Math.min(...old), 6);
      }
      adjustHue(image, -turn);
      expectClose(image, before, 1e-5);
    }),
  );
});

test('every change keeps every value within [0, 1]', () => {
  fc.assert(
    fc.property(images, fc.double({ min: 0, max: 3, noNaN: true }), (image, factor) => {
      for (const change of [
        () => adjustBrightness(image, factor),
        () => adjustContrast(image, 3, factor),
        () => adjustSaturation(image, factor),
        () => adjustHue(image, (factor - 1.5) / 3),
        () => toGrayscale(image),
      ]) {
        change();
        expect(image.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    }),
  );
});
