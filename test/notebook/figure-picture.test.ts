import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawFigure, withLinesTogether } from '../../src/notebook/display/figure-picture.js';

describe('a drawn subtitle', () => {
  const start = '<text class="gtitle" dy="0.7em">A title</text><text class="gtitle-subtitle" x="1"';

  test('of several lines has its shift in each of them', () => {
    const lines = (first: string, second: string) =>
      `<tspan class="line" dy="${first}" y="4">one</tspan><tspan class="line" dy="${second}" y="4">two</tspan></text>`;
    expect(
      withLinesTogether(`${start} dy="0.7em" y="4">${lines('0em', '1.3em')}<text dy="2em">x</text>`),
    ).toBe(`${start} y="4">${lines('0.7em', '2em')}<text dy="2em">x</text>`);
  });

  test('of one line stays as it is', () => {
    const single = `${start} dy="0.7em" y="4">one</text><text dy="1em"><tspan dy="0em">x</tspan></text>`;
    expect(withLinesTogether(single)).toBe(single);
  });
});

test('a heat map with gaps between its cells has them in their colours', async () => {
  const picture = await drawFigure({
    data: [
      {
        ...{ type: 'heatmap', z: [[0, 1]], xgap: 4, ygap: 4, showscale: false },
        colorscale: [
          [0, '#ff0000'],
          [1, '#0000ff'],
        ],
      },
    ],
    layout: { width: 300, height: 200, margin: { l: 0, r: 0, t: 0, b: 0 } },
  });
  const { data, info } = await sharp(picture!.png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number) => [
    ...data.subarray(3 * (info.width * (info.height / 2) + x), 3 * (info.width * (info.height / 2) + x) + 3),
  ];
  expect([at(info.width / 4), at((3 * info.width) / 4)]).toEqual([
    [255, 0, 0],
    [0, 0, 255],
  ]);
  expect(at(info.width / 2)).not.toEqual([255, 0, 0]);
  expect(at(info.width / 2)).not.toEqual([0, 0, 255]);
});
