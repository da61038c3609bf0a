/** One series of a chart, in the terms of Plotly's figure reference. */
export type Trace = Readonly<Record<string, unknown>>;

/** A chart as plain data: what `Plotly.newPlot(element, data, layout)` takes. */
export interface Figure {
  /** What is drawn, in the order of the legend. */
  readonly data: readonly Trace[];
  /** Titles, axes, legend and size. */
  readonly layout: Readonly<Record<string, unknown>>;
}

/** Titles that every figure has. */
export interface Titles {
  readonly title: string;
  /** Data set, number of samples, seed and settings, in small type below the title, with semicolons or new lines between the parts. */
  readonly subtitle: readonly (string | undefined)[];
  readonly x: string;
  readonly y: string;
}

const ink = '#222222';
const mutedInk = '#555555';
const gridColour = '#e3e3e3';

/** The look that all figures share: large type on white, light grid lines, legend below the plot. */
export function baseLayout({ title, subtitle, x, y }: Titles): Record<string, unknown> {
  const lines = inLines(subtitle);
  return {
    title: {
      text: title,
      font: { size: 21 },
      x: 0.02,
      xanchor: 'left',
      y: 1,
      yanchor: 'top',
      pad: { t: 20 },
      ...(lines.length > 0 && {
        subtitle: { text: lines.join('<br>'), font: { size: 15, color: mutedInk } },
      }),
    },
    font: { family: 'Arial, Helvetica, sans-serif', size: 16, color: ink },
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    colorway: [...palette],
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.26, yanchor: 'top' },
    margin: { l: 80, r: 30, t: 90 + lineHeight * Math.max(0, lines.length - 1), b: 70 },
    xaxis: axis(x),
    yaxis: axis(y),
  };
}

/** Letters of a subtitle that fit a figure of 760 pixels. */
const lineLength = 104;
const lineHeight = 20;

function inLines(parts: readonly (string | undefined)[]): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    if (!part) continue;
    const longer = lines.length > 0 ? `${lines.at(-1)}; ${part}` : part;
    if (lines.length > 0 && longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** Height of what is above the plot, in pixels, as `baseLayout` left it. */
export function topMargin(layout: Readonly<Record<string, unknown>>): number {
  return (layout.margin as { t: number }).t;
}

export function axis(title: string): Record<string, unknown> {
  return {
    title: { text: title, font: { size: 18 } },
    gridcolor: gridColour,
    linecolor: ink,
    zerolinecolor: gridColour,
    ticks: 'outside',
    tickcolor: ink,
  };
}

/** Okabe and Ito's colours, told apart by people with any colour vision (jfly.uni-koeln.de/color). */
export const palette: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
  '#f0e442',
];

/** Four significant digits: enough for a chart, and its notebook stays small. */
export function rounded(values: Iterable<number>): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(4)));
}
