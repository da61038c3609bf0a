import { rounded } from './figure.js';

/** Bars of a histogram of values in [0, 1], in percent of them; all 0 where there are none. */
export function histogramBars(histogram: readonly number[]) {
  const count = Math.max(1, total(histogram));
  return {
    type: 'bar',
    x: rounded(histogram.map((_, bin) => (bin + 0.5) / histogram.length)),
    y: rounded(histogram.map((n) => (100 * n) / count)),
    width: 1 / histogram.length,
  };
}

/** How many values a histogram counts. */
export function total(histogram: readonly number[]): number {
  return histogram.reduce((sum, n) => sum + n, 0);
}
