import { chanceLine, chanceText } from './chance-line.js';
import { baseLayout, type Figure, rounded, type Trace } from './figure.js';
import { seriesStyles } from './series-style.js';

/** What stands around the bars of {@link accuracyBars}. */
export interface AccuracyBarsOptions {
  /** Default: `Accuracy on the test set`. */
  readonly title?: string;
  /** Data set, number of test images, seeds. */
  readonly subtitle?: string;
  /** What the bars measure. Default: `top-1 accuracy (%)`. */
  readonly measure?: string;
  /** Accuracy of guessing, 0 to 1, drawn as a dashed line; none by default. */
  readonly chance?: number;
}

/**
 * Accuracies (0 to 1) by name as bars with their values. A list of several, one for each seed, gives their mean, the
 * standard deviation as an error bar and the seeds as dots.
 */
export function accuracyBars(
  accuracies: Readonly<Record<string, number | readonly number[]>>,
  options: AccuracyBarsOptions = {},
): Figure {
  const names = Object.keys(accuracies);
  const styles = seriesStyles(names);
  const { chance } = options;
  const data = names.flatMap((name, i) => {
    const value = accuracies[name]!;
    return bars(name, typeof value === 'number' ? [value] : value, styles[i]!.colour);
  });
  const layout = baseLayout({
    title: options.title ?? 'Accuracy on the test set',
    subtitle: [options.subtitle, chanceText(chance)],
    x: '',
    y: options.measure ?? 'top-1 accuracy (%)',
  });
  const yaxis = { ...(layout.yaxis as object), range: [0, 105] };
  return {
    data,
    layout: { ...layout, ...labelled(layout, names), yaxis, showlegend: false, ...chanceLine(chance) },
  };
}

/** Of a name below its bar, in pixels. */
const lineHeight = 21;

/** The names level below the bars, a line for each part between commas. */
function labelled(layout: Record<string, unknown>, names: readonly string[]) {
  const labels = names.map((name) => name.split(', '));
  const ticktext = labels.map((parts) => parts.join('<br>'));
  const margin = layout.margin as { b: number };
  const b = margin.b + lineHeight * (Math.max(...labels.map(({ length }) => length)) - 1);
  const xaxis = { ...(layout.xaxis as object), tickmode: 'array', tickvals: names, ticktext, tickangle: 0 };
  return { xaxis, margin: { ...margin, b } };
}

function bars(name: string, values: readonly number[], colour: string): Trace[] {
  const percent = values.map((value) => 100 * value);
  const mean = percent.reduce((sum, value) => sum + value, 0) / percent.length;
  const spread = Math.sqrt(
    percent.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (percent.length - 1),
  );
  const several = values.length > 1;
  const bar: Trace = {
    type: 'bar',
    name,
    x: [name],
    y: rounded([mean]),
    text: [several ? `${mean.toFixed(1)} ± ${spread.toFixed(1)}` : mean.toFixed(1)],
    textposition: 'inside',
    insidetextanchor: 'middle',
    textfont: { size: 18 },
    marker: { color: colour },
    ...(several && { error_y: { type: 'data', array: rounded([spread]), visible: true } }),
  };
  if (!several) return [bar];
  const dots: Trace = {
    type: 'scatter',
    mode: 'markers',
    name: `${name}, seeds`,
    x: values.map(() => name),
    y: rounded(percent),
    marker: { color: '#ffffff', size: 8, line: { color: '#222222', width: 1 } },
  };
  return [bar, dots];
}
