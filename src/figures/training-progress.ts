import { axis, type Figure } from './figure.js';
import { histogramBars } from './histogram-bars.js';
import { type LossHistory, lossCurve } from './loss-curve.js';

export interface TrainingProgressOptions extends LossHistory {
  /** Of the last step's multiplier q: anchors in each of equal bins of [0, 1]. */
  readonly histogram: readonly number[];
  /** What is trained; a loss named in it gives the colour. */
  readonly title: string;
  /** Progress, below the title. */
  readonly status: string;
}

/** The loss so far beside the histogram of q, for a run under way. */
export function trainingProgress({ steps, histogram, title, status }: TrainingProgressOptions): Figure {
  const { data, layout } = lossCurve({ [title]: { steps } }, { title, subtitle: status });
  const colour = (data.at(-1) as { line: { color: string } }).line.color;
  const bars = {
    ...histogramBars(histogram),
    name: 'q',
    xaxis: 'x2',
    yaxis: 'y2',
    marker: { color: colour },
  };
  return {
    data: [...data, bars],
    layout: {
      ...layout,
      showlegend: false,
      height: 400,
      margin: { l: 75, r: 20, t: 85, b: 65 },
      xaxis: { ...(layout.xaxis as object), domain: [0, 0.56] },
      xaxis2: { ...axis('q, last batch'), domain: [0.66, 1], range: [0, 1], anchor: 'y2' },
      yaxis2: { ...axis('anchors (%)'), anchor: 'x2', range: [0, 100] },
    },
  };
}
