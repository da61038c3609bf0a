import { rounded, type Trace } from './figure.js';
import type { SeriesStyle } from './series-style.js';

/** More values than this are drawn as their running mean, over the single ones in a pale line. */
const smoothFrom = 60;

/** How many of so many values, in a row, a running mean is of; 1 where they are few enough to be drawn singly. */
export function smoothingWindow(count: number): number {
  return count < smoothFrom ? 1 : Math.ceil(count / 50);
}

interface Curve {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  readonly style: SeriesStyle;
  /** What `smoothingWindow` gives. */
  readonly window: number;
  /** At most about so many points are drawn of each line. */
  readonly points: number;
}

/** A value against the training step: the running mean, thinned, over the lowest and highest of the values that it stands for. */
export function smoothedCurve({ name, steps, values, style, window, points }: Curve): Trace[] {
  const line = { type: 'scatter', mode: 'lines', name };
  const drawn = (kept: readonly number[], of: readonly number[]) => ({
    x: kept.map((i) => steps[i]!),
    y: rounded(kept.map((i) => of[i]!)),
  });
  const smooth = {
    ...line,
    ...drawn(evenly(steps.length, points), runningMean(values, window)),
    line: { color: style.colour, width: 3, dash: style.dash },
  };
  if (window === 1) return [smooth];
  const single = {
    ...line,
    ...drawn(extremes(values, points), values),
    line: { color: style.colour, width: 1 },
    opacity: 0.25,
    hoverinfo: 'skip',
    showlegend: false,
  };
  return [single, smooth];
}

/** Every so manieth place and the last. */
function evenly(length: number, most: number): number[] {
  const stride = Math.ceil(length / most);
  return Array.from({ length }, (_, i) => i).filter((i) => i % stride === 0 || i === length - 1);
}

/** The places of the lowest and the highest value of each stretch, so that thinning hides no spike, and the last. */
function extremes(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values.keys()];
  const stretch = Math.ceil((2 * values.length) / most);
  const kept: number[] = [];
  for (let start = 0; start < values.length; start += stretch) {
    let [lowest, highest] = [start, start];
    for (let i = start; i < Math.min(start + stretch, values.length); i++) {
      if (values[i]! < values[lowest]!) lowest = i;
      if (values[i]! > values[highest]!) highest = i;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  if (kept.at(-1) !== values.length - 1) kept.push(values.length - 1);
  return kept;
}

function runningMean(values: readonly number[], window: number): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= window ? values[i - window]! : 0);
    return sum / Math.min(i + 1, window);
  });
}
