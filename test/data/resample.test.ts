import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../../src/data/crop.js';
import type { ImageShape } from '../../src/data/dataset.js';
import { regionOf, resample } from '../../src/data/resample.js';
import { expectClose, golden } from './golden-views.js';

function cut(
  pixels: ArrayLike<number>,
  shape: ImageShape,
  box: Box,
  size: readonly [number, number],
  flip = false,
  original: readonly [number, number] = [shape[0], shape[1]],
): Float32Array {
  const output = new Float32Array(size[0] * size[1] * shape[2]);
  const region = regionOf(box, original, [shape[0], shape[1]]);
  resample(Uint8Array.from(pixels), shape, region, flip, size, 1, output);
  return output;
}

describe('resample', () => {
  test.each(golden.antialiasedCrops)(
    'equals torchvision with antialiasing for $box made $size',
    ({ box, size, output }) => {
      const made = cut(golden.pixels, golden.shape, box, size);
      expectClose(
        made.map((value) => value / 255),
        output,
      );
    },
  );

  test('is the mean where whole pixels fall together at the border of a box of their own', () => {
    // The triangle over 4 pixels to 2: 3/8, 3/8 and 1/8 at the side that has more pixels, of 7/8.
    const made = cut([99, 0, 70, 140, 210, 99], [1, 6, 1], { top: 0, left: 1, height: 1, width: 4 }, [1, 2]);
    expectClose(made, [(3 * 0 + 3 * 70 + 1 * 140) / 7, (1 * 70 + 3 * 140 + 3 * 210) / 7], 1e-4);
  });

  test('keeps one colour one colour, mirrors exactly, and treats every channel alike', () => {
    const side = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(), (height, width, toHeight, toWidth, seed) => {
        const box = { top: 0, left: 0, height, width };
        const gray = Uint8Array.from(
          { length: height * width },
          (_, i) => Math.imul(i + seed, 2654435761) >>> 24,
        );
        const size = [toHeight, toWidth] as const;
        const single = cut(gray, [height, width, 1], box, size);
        const colour = cut(
          Uint8Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)]!),
          [height, width, 3],
          box,
          size,
        );
        expectClose(
          colour,
          colour.map((_, i) => single[Math.floor(i / 3)]!),
          1e-3,
        );
        const mirrored = cut(gray, [height, width, 1], box, size, true);
        expect(mirrored).toEqual(
          single.map((_, i) => single[i - (i % toWidth) + toWidth - 1 - (i % toWidth)]!),
        );
        const plain = cut(new Uint8Array(gray.length).fill(200), [height, width, 1], box, size);
        expectClose(plain, new Float32Array(plain.length).fill(200), 1e-3);
      }),
    );
  });

  test('finds a box of the original in the image it was reduced to, and stays within that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 5000 }),
        fc.integer({ min: 10, max: 5000 }),
        fc.integer({ min: 3, max: 9 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (height, width, reduction, place) => {
          const [top, left] = [Math.floor(place * height), Math.floor(place * width)];
          const box = { top, left, height: height - top, width: width - left };
          const size = [Math.ceil(height / reduction), Math.ceil(width / reduction)] as const;
          const { rows, columns } = regionOf(box, [height, width], size);
          for (const [{ start, length, bounds }, side] of [
            [rows, size[0]],
            [columns, size[1]],
          ] as const) {
            expect(start + length).toBeCloseTo(side, 6);
            expect(bounds[0]).toBeLessThanOrEqual(start);
            expect(bounds[1]).toBe(side);
          }
        },
      ),
    );
    const stripes = Uint8Array.of(0, 100, 200, 250);
    const third = cut(stripes, [1, 4, 1], { top: 0, left: 6, height: 3, width: 3 }, [1, 1], false, [3, 12]);
    expectClose(third, [200], 1e-4);
  });
});
