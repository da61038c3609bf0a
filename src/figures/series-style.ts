import { palette } from './figure.js';

/** How one named series is drawn in every figure it appears in. */
export interface SeriesStyle {
  readonly colour: string;
  /** Plotly line dash, to tell apart series of one colour. */
  readonly dash: string;
  /** Plotly bar pattern, likewise. */
  readonly pattern: string;
  /** Plotly marker symbol, another for each of the first four series. */
  readonly symbol: string;
}

const lossColours: readonly (readonly [RegExp, string])[] = [
  [/\bdclw\b/i, '#009e73'],
  [/\bdcl\b/i, '#d55e00'],
  [/\binfo-?nce\b/i, '#0072b2'],
];
const dashes = ['solid', 'dash', 'dot', 'dashdot'];
const patterns = ['', '/', 'x', '.'];

const symbols = ['circle', 'diamond', 'square', 'cross'];

/**
 * A style for each name: InfoNCE, DCL and DCLW have their colours whatever else is drawn, so `DCL, batch 32` and
 * `DCL, batch 256` share one and differ in their dashes. Other names take the remaining colours in order.
 */
export function seriesStyles(names: readonly string[]): SeriesStyle[] {
  const free = palette.filter((colour) => !lossColours.some(([, taken]) => taken === colour));
  const used = new Map<string, number>();
  let others = 0;
  return names.map((name, i) => {
    const colour = lossColours.find(([pattern]) => pattern.test(name))?.[1] ?? free[others++ % free.length]!;
    const repetition = used.get(colour) ?? 0;
    used.set(colour, repetition + 1);
    const variant = repetition % dashes.length;
    return {
      colour,
      dash: dashes[variant]!,
      pattern: patterns[variant]!,
      symbol: symbols[i % symbols.length]!,
    };
  });
}
