import { expect, test } from 'vitest';
import { factorBySimilarity } from '../../src/figures/index.js';
import { anatomyOf } from './anatomies.js';

const anatomies = [
  anatomyOf({ similarity: 0.9, multiplier: 0.2, weight: 0.7 }),
  anatomyOf({ similarity: 0.1, multiplier: 0.95, weight: 1.6 }),
];

test('draws q and w of each anchor against the cosine with its positive, and DCL as 1', () => {
  const { data, layout } = factorBySimilarity(anatomies, { subtitle: 'noise' });
  expect(data).toMatchObject([
    { name: 'DCL: 1', mode: 'lines', x: [0.1, 0.9], y: [1, 1] },
    { name: 'InfoNCE: q', x: [0.9, 0.1], y: [0.2, 0.95] },
    { name: 'DCLW: w', x: [0.9, 0.1], y: [0.7, 1.6] },
  ]);
  expect(layout.title).toMatchObject({
    subtitle: { text: 'noise; 2 anchors, batch of 3, temperature 0.5, sigma 0.25' },
  });
});

test('refuses to draw no anchors', () => {
  expect(() => factorBySimilarity([])).toThrow('no anchors');
});
