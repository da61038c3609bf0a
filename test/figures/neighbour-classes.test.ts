import { expect, test } from 'vitest';
import { neighbourClasses } from '../../src/figures/index.js';

const shares = (first: number, last: number) => [
  { epoch: 0, share: first },
  { epoch: 4, share: last },
];

test('neighbourClasses draws the shares in per cent by epoch, a line for each name, and chance', () => {
  const figure = neighbourClasses(
    { InfoNCE: shares(0.25, 0.5), DCL: shares(0.25, 0.625) },
    { chance: 0.1, subtitle: 'noise' },
  );
  expect(figure.data).toMatchObject([
    { name: 'InfoNCE', x: [0, 4], y: [25, 50] },
    { name: 'DCL', x: [0, 4], y: [25, 62.5] },
  ]);
  expect(figure.layout.shapes).toMatchObject([{ y0: 10, y1: 10 }]);
  expect(figure.layout.showlegend).toBe(true);
  expect(JSON.stringify(figure.layout.title)).toContain('noise; dashed line: chance, 10 %');
  expect(neighbourClasses({ DCL: shares(0, 1) }).layout).not.toHaveProperty('shapes');
});
