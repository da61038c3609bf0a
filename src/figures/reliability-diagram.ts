import type { Calibration } from '../evaluate/index.js';
import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link reliabilityDiagram}. */
export interface ReliabilityDiagramOptions {
  /** Default: `Reliability: is it right as often as it says?` */
  readonly title?: string;
  /** Data set, number of images. */
  readonly subtitle?: string;
}

/** Diameter in pixels of the dot of a bin that has every image, and of the smallest. */
const [largest, smallest] = [44, 6];

/**
 * Accuracy against confidence, a line for each classifier and a dot for each bin, its area by the images in it, and the
 * diagonal of a classifier that is right as often as it says; what is below is overconfident.
 */
export function reliabilityDiagram(
  calibrations: Readonly<Record<string, Calibration>>,
  options: ReliabilityDiagramOptions = {},
): Figure {
  const names = Object.keys(calibrations);
  const styles = seriesStyles(names);
  const diagonal: Trace = {
    type: 'scatter',
    mode: 'lines',
    name: 'right as often as it says',
    x: [0, 100],
    y: [0, 100],
    line: { color: '#222222', width: 1.5, dash: 'dash' },
    hoverinfo: 'skip',
  };
  const lines = names.map((name, i) => line(name, calibrations[name]!, styles[i]!));
  const layout = baseLayout({
    title: options.title ?? 'Reliability: is it right as often as it says?',
    subtitle: [options.subtitle, 'a dot for each bin of confidence, its area by its images'],
    x: 'confidence: probability of the predicted class (%)',
    y: 'accuracy (%)',
  });
  const range = [-3, 103];
  const xaxis = { ...(layout.xaxis as object), range };
  const yaxis = { ...(layout.yaxis as object), range };
  return { data: [diagonal, ...lines], layout: { ...layout, xaxis, yaxis, height: 620 } };
}

function line(
  name: string,
  { bins, expectedCalibrationError, negativeLogLikelihood }: Calibration,
  { colour, dash }: ReturnType<typeof seriesStyles>[number],
): Trace {
  const filled = bins.filter(({ count }) => count > 0);
  const images = filled.reduce((sum, { count }) => sum + count, 0);
  const error = (100 * expectedCalibrationError).toFixed(1);
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: `${name}: expected calibration error ${error} %, ${negativeLogLikelihood.toFixed(2)} nats`,
    x: rounded(filled.map(({ confidence }) => 100 * confidence)),
    y: rounded(filled.map(({ accuracy }) => 100 * accuracy)),
    text: filled.map(({ count }) => `${count} images`),
    line: { color: colour, width: 2, dash },
    cliponaxis: false,
    marker: {
      color: colour,
      opacity: 0.75,
      size: rounded(filled.map(({ count }) => Math.max(smallest, largest * Math.sqrt(count / images)))),
    },
  };
}
