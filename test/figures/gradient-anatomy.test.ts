import { describe, expect, test } from 'vitest';
import { type Figure, gradientAnatomy } from '../../src/figures/index.js';
import { anatomyOf } from './anatomies.js';

const anatomy = anatomyOf();

const subtitle = ({ layout }: Figure) => (layout.title as { subtitle: { text: string } }).subtitle.text;

describe('gradientAnatomy', () => {
  test('puts the pull of each loss on the left and the pushes on the right, the rest of them together', () => {
    const { data, layout } = gradientAnatomy(anatomy, { negatives: 2 });
    const hardest = ['image 2, view 2', 'image 1, view 1', '2 others'];
    expect(data).toMatchObject([
      { name: 'InfoNCE', x: ['InfoNCE'], y: [0.5] },
      { name: 'InfoNCE', x: hardest, y: [0.25, 0.125, 0.125], xaxis: 'x2' },
      { name: 'DCL', x: ['DCL'], y: [2] },
      { name: 'DCL', x: hardest, y: [1, 0.5, 0.5], xaxis: 'x2' },
      { name: 'DCLW', x: ['DCLW'], y: [3] },
      { name: 'DCLW', x: hardest, y: [1, 0.5, 0.5], xaxis: 'x2' },
    ]);
    expect(layout.yaxis).toMatchObject({ title: { text: 'length of the gradient' } });
    expect(layout.annotations).toMatchObject([
      { text: '<b>Pull on the positive</b>' },
      { text: '<b>Push on the negatives, hardest first</b>' },
    ]);
  });

  test('shows every negative where there are few, by the names given', () => {
    const { data } = gradientAnatomy(anatomy, { labels: ['cat', 'dog', 'owl'] });
    expect(data[1]!.x).toEqual(['owl #2, view 2', 'dog #1, view 1', 'dog #1, view 2', 'owl #2, view 1']);
  });

  test('says anchor, batch size, temperature, q and w', () => {
    const figure = gradientAnatomy(anatomy, { subtitle: 'noise' });
    expect(subtitle(figure)).toBe(
      'noise; anchor: image 0, view 1 of a batch of 3, temperature 0.5, q 0.25, w 1.50 (sigma 0.25)',
    );
    expect(figure.layout.xaxis).toMatchObject({ title: { text: 'positive, cosine 0.88' } });
  });
});
