import { describe, expect, test } from 'vitest';
import { withLinesTogether } from '../../src/notebook/display/figure-picture.js';

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
