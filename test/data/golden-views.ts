import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Box } from '../../src/data/crop.js';

interface Change {
  readonly factor: number;
  readonly output: readonly number[];
}

interface Crop {
  readonly box: Box;
  readonly size: [height: number, width: number];
  readonly output: readonly number[];
}

/** What torchvision makes of one small image (test/golden/views.py). */
export const golden = JSON.parse(readFileSync(new URL('../golden/views.json', import.meta.url), 'utf8')) as {
  readonly shape: [number, number, number];
  readonly pixels: readonly number[];
  readonly brightness: readonly Change[];
  readonly contrast: readonly Change[];
  readonly saturation: readonly Change[];
  readonly hue: readonly Change[];
  readonly grayscale: readonly number[];
  readonly crops: readonly Crop[];
  readonly smallCrops: readonly Crop[];
  readonly antialiasedCrops: readonly Crop[];
  /** Of the pattern of 42x5 pixels. */
  readonly blurs: readonly { readonly sigma: number; readonly output: readonly number[] }[];
  /** Of the pattern of their height and width. */
  readonly evaluationCrops: readonly {
    readonly height: number;
    readonly width: number;
    readonly resize: number;
    readonly size: number;
    readonly output: readonly number[];
  }[];
};

/** The pattern of test/golden/views.py, [height, width, 3]. */
export function goldenPattern(height: number, width: number): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return (Math.floor(pixel / width) * 31 + (pixel % width) * 17 + (i % 3) * 101) ** 2 % 256;
  });
}

export function goldenImage(): Float32Array {
  return Float32Array.from(golden.pixels, (value) => value / 255);
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `value ${i}: ${actual[i]}, ${expected[i]}`).toBeLessThan(
      tolerance,
    );
  }
}
