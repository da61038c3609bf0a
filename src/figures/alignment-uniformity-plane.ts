import type { AlignmentUniformity } from '../evaluate/index.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link alignmentUniformityPlane}. */
export interface AlignmentUniformityPlaneOptions {
  /** Default: `Alignment and uniformity`. */
  readonly title?: string;
  /** Encoder and training; data set, number of images and seed come from the measurements. */
  readonly subtitle?: string;
}

/**
 * Encoders in the plane of uniformity and alignment (Wang and Isola, 2020), both better the lower: the best stands at
 * the lower left. Several measurements of one name, one for each seed, are as many points of one look.
 */
export function alignmentUniformityPlane(
  measured: Readonly<Record<string, AlignmentUniformity | readonly AlignmentUniformity[]>>,
  options: AlignmentUniformityPlaneOptions = {},
): Figure {
  const names = Object.keys(measured);
  const styles = seriesStyles(names);
  const data = names.map((name, i) => {
    const points = [measured[name]!].flat();
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: rounded(points.map(({ uniformity }) => uniformity)),
      y: rounded(points.map(({ alignment }) => alignment)),
      cliponaxis: false,
      marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 14 },
    };
  });
  const layout = baseLayout({
    title: options.title ?? 'Alignment and uniformity',
    subtitle: [options.subtitle, description(names.flatMap((name) => [measured[name]!].flat()))],
    x: 'uniformity (log mean potential; lower: more even)',
    y: 'alignment (mean squared distance)',
  });
  return {
    data,
    layout: {
      ...layout,
      showlegend: true,
      height: 560,
      legend: { ...(layout.legend as object), y: -0.2 },
      yaxis: { ...(layout.yaxis as object), rangemode: 'tozero', nticks: 5 },
    },
  };
}

function description(points: readonly AlignmentUniformity[]): string {
  const distinct = (values: readonly (string | number)[]) => [...new Set(values)].join(' and ');
  if (points.length === 0) return '';
  return [
    distinct(points.map(({ data }) => data)),
    `n = ${distinct(points.map(({ images }) => images))} images`,
    `seed ${distinct(points.map(({ seed }) => seed))}`,
  ].join(', ');
}
