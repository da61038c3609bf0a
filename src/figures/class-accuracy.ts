import { InputError, requireInteger } from '../errors.js';
import { accuracyInterval, type Classification } from '../evaluate/index.js';
import { baseLayout, type Figure, palette, rounded } from './figure.js';
import { shortened } from './shortened.js';

/** What stands above {@link classAccuracy}, and how many classes it shows. */
export interface ClassAccuracyOptions {
  /** Default: `Accuracy of each class`. */
  readonly title?: string;
  /** Data set, number of images, encoder. */
  readonly subtitle?: string;
  /** Most classes to draw; 24 by default. Of more, the half with the highest and the half with the lowest accuracies. */
  readonly limit?: number;
}

/** Of one bar and its gap, in pixels. */
const barHeight = 22;

/**
 * The accuracy of each class as bars, the highest on top, with 95 % intervals (Wilson) over the test images, and the
 * accuracy over all as a dashed line. Classes without images are left out.
 * @throws InputError where no class has images, or for a limit below 2
 */
export function classAccuracy(classification: Classification, options: ClassAccuracyOptions = {}): Figure {
  const { limit = 24 } = options;
  requireInteger('limit', limit, 2);
  const { classes, perClass, labels, top1 } = classification;
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]! += 1;
  const ranked = [...classes.keys()]
    .filter((c) => counts[c]! > 0)
    .sort((a, b) => perClass[b]! - perClass[a]! || a - b);
  if (ranked.length === 0) throw new InputError('No class has images, so none has an accuracy.');
  const half = Math.floor(limit / 2);
  const cut = ranked.length > limit;
  const shown = cut ? [...ranked.slice(0, half), ...ranked.slice(-half)] : ranked;
  const percent = shown.map((c) => 100 * perClass[c]!);
  const intervals = shown.map((c) => accuracyInterval(perClass[c]!, counts[c]!));
  const left = `the ${half} highest and the ${half} lowest of ${ranked.length} classes`;
  // An empty place between the highest and the lowest.
  const places = shown.map((_, i) => (cut && i >= half ? i + 1 : i));
  const bars = {
    type: 'bar',
    orientation: 'h',
    x: rounded(percent),
    y: places,
    marker: { color: palette[0] },
    error_x: {
      type: 'data',
      symmetric: false,
      array: rounded(intervals.map(({ high }, i) => 100 * high - percent[i]!)),
      arrayminus: rounded(intervals.map(({ low }, i) => percent[i]! - 100 * low)),
      color: '#222222',
      thickness: 1.2,
      width: 3,
    },
  };
  const layout = baseLayout({
    title: options.title ?? 'Accuracy of each class',
    subtitle: [
      options.subtitle,
      cut ? left : undefined,
      '95 % intervals over images',
      `dashed line: all classes, ${(100 * top1).toFixed(1)} %`,
    ],
    x: 'top-1 accuracy (%)',
    y: '',
  });
  const names = shown.map((c) => shortened(classes[c]!));
  const margin = { ...(layout.margin as { t: number; b: number }), l: 200 };
  const line = { color: '#222222', width: 1.5, dash: 'dash' };
  return {
    data: [bars],
    layout: {
      ...layout,
      margin,
      height: margin.t + barHeight * (places.at(-1)! + 1) + margin.b,
      xaxis: { ...(layout.xaxis as object), range: [0, 102] },
      yaxis: {
        ...(layout.yaxis as object),
        tickmode: 'array',
        tickvals: places,
        ticktext: names,
        autorange: 'reversed',
        showgrid: false,
        zeroline: false,
      },
      shapes: [{ type: 'line', yref: 'paper', y0: 0, y1: 1, x0: 100 * top1, x1: 100 * top1, line }],
    },
  };
}
