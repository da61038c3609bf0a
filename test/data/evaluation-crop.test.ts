import { expect, test } from 'vitest';
import { evaluationCrop } from '../../src/data/evaluation-crop.js';
import { golden, goldenPattern } from './golden-views.js';

test.each(golden.evaluationCrops)(
  'the crop of $height x $width pixels to $resize and $size is torchvision`s, but for its rounding between rows and columns',
  ({ height, width, resize, size, output }) => {
    const image = { size: [height, width] as const, pixels: goldenPattern(height, width) };
    const crop = evaluationCrop(image, 3, { resize, size });
    expect(crop.length).toBe(output.length);
    const differences = output.map((value, i) => Math.abs(value - crop[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.reduce((sum, difference) => sum + difference) / output.length).toBeLessThan(0.3);
  },
);

test('an image of the very size is itself', () => {
  const pixels = goldenPattern(8, 8);
  expect(evaluationCrop({ size: [8, 8], pixels }, 3, { resize: 8, size: 8 })).toEqual(pixels);
});
