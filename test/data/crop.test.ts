import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toInput } from '../../src/data/batches.js';
import { type Box, cropAndResize, drawBox } from '../../src/data/crop.js';
import type { ImageShape } from '../../src/data/dataset.js';
import { generatorFor } from '../../src/data/random.js';
import { expectClose, golden } from './golden-views.js';

function crop(
  pixels: ArrayLike<number>,
  shape: ImageShape,
  box: Box,
  flip = false,
  size: readonly [number, number] = [shape[0], shape[1]],
): Float32Array {
  const output = new Float32Array(size[0] * size[1] * shape[2]);
  cropAndResize(Uint8Array.from(pixels), shape, box, flip, size, output);
  return output;
}

describe('cropAndResize', () => {
  test.each(golden.crops)('equals torchvision for $box', ({ box, output }) => {
    expectClose(crop(golden.pixels, golden.shape, box), output);
  });

  test.each(golden.smallCrops)('equals torchvision for $box made $size', ({ box, size, output }) => {
    expectClose(crop(golden.pixels, golden.shape, box, false, size), output);
  });

  test('gives the whole image back exactly, as evaluation sees it', () => {
    const [height, width] = golden.shape;
    const whole = crop(golden.pixels, golden.shape, { top: 0, left: 0, height, width });
    expect(whole).toEqual(toInput(Uint8Array.from(golden.pixels)));
  });

  test('mirrors left and right, pixel by pixel', () => {
    const flipped = crop(
      [0, 51, 102, 153, 204, 255],
      [1, 3, 2],
      { top: 0, left: 0, height: 1, width: 3 },
      true,
    );
    expectClose(flipped, [0.8, 1, 0.4, 0.6, 0, 0.2]);
  });

  test('interpolates between pixel centres and not beyond the crop', () => {
    const [half, quarter] = [0.5 * (51 / 255), 0.25 * (51 / 255)];
    const stretched = crop([255, 0, 51, 255], [1, 4, 1], { top: 0, left: 1, height: 1, width: 2 });
    expectClose(stretched, [0, quarter, half + quarter, 2 * half]);
  });

  test('stays within the range of the pixels it covers', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 30, maxLength: 30 }),
        fc.nat(),
        fc.boolean(),
        (pixels, seed, flip) => {
          const shape: ImageShape = [5, 6, 1];
          const box = drawBox(shape, [0.08, 1], [3 / 4, 4 / 3], generatorFor('view', [seed]));
          const covered = [...pixels].filter((_, i) => {
            const [y, x] = [Math.floor(i / 6) - box.top, (i % 6) - box.left];
            return y >= 0 && y < box.height && x >= 0 && x < box.width;
          });
          for (const value of crop(pixels, shape, box, flip)) {
            expect(value).toBeGreaterThanOrEqual(Math.min(...covered) / 255 - 1e-6);
            expect(value).toBeLessThanOrEqual(Math.max(...covered) / 255 + 1e-6);
          }
        },
      ),
    );
  });
});

describe('drawBox', () => {
  test('lies within the image, with about the asked share of its area', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 64 }),
        fc.integer({ min: 16, max: 64 }),
        fc.nat(),
        (height, width, seed) => {
          const box = drawBox([height, width, 3], [0.3, 0.6], [3 / 4, 4 / 3], generatorFor('view', [seed]));
          expect(box.top).toBeGreaterThanOrEqual(0);
          expect(box.left).toBeGreaterThanOrEqual(0);
          expect(box.top + box.height).toBeLessThanOrEqual(height);
          expect(box.left + box.width).toBeLessThanOrEqual(width);
          // A ratio that ten tries cannot place ends in the largest centred box, which elongated images cut short.
          if (Math.max(height / width, width / height) < 1.2) {
            const share = (box.height * box.width) / (height * width);
            expect(share).toBeGreaterThan(0.3 * 0.9);
            expect(share).toBeLessThan(0.6 * 1.1);
          }
        },
      ),
    );
  });

  test('falls back to the largest centred box of an allowed ratio', () => {
    expect(drawBox([10, 100, 3], [1, 1], [1, 2], generatorFor('view', [0]))).toEqual({
      top: 0,
      left: 40,
      height: 10,
      width: 20,
    });
    expect(drawBox([100, 10, 3], [1, 1], [0.5, 1], generatorFor('view', [0]))).toEqual({
      top: 40,
      left: 0,
      height: 20,
      width: 10,
    });
  });

  test('takes the whole image for scale 1 and ratio 1', () => {
    const whole = { top: 0, left: 0, height: 32, width: 32 };
    expect(drawBox([32, 32, 3], [1, 1], [1, 1], generatorFor('view', [0]))).toEqual(whole);
  });
});
