import { expect, test } from 'vitest';
import { alignmentUniformityPlane } from '../../src/figures/index.js';

const measured = { data: 'noise', images: 100, seed: 1, alignment: 0.5, uniformity: -2 };

test('alignmentUniformityPlane places each encoder, one point for each seed, and says what was measured', () => {
  const { data, layout } = alignmentUniformityPlane(
    { untrained: measured, DCL: [measured, { ...measured, seed: 2, alignment: 0.25, uniformity: -3 }] },
    { subtitle: 'ResNet-8' },
  );
  expect(data).toMatchObject([
    { name: 'untrained', x: [-2], y: [0.5], marker: { symbol: 'circle' } },
    { name: 'DCL', x: [-2, -3], y: [0.5, 0.25], marker: { symbol: 'diamond' } },
  ]);
  expect(layout).toMatchObject({
    title: { subtitle: { text: 'ResNet-8; noise, n = 100 images, seed 1 and 2' } },
    xaxis: { title: { text: 'uniformity (log mean potential; lower: more even)' } },
    yaxis: { title: { text: 'alignment (mean squared distance)' } },
  });
});
