import { axis, type Figure, type Trace } from './figure.js';

/** One of several charts in a figure. */
export interface Panel {
  readonly traces: readonly Trace[];
  /** Shares of the figure's plot that it takes, from the left and from the bottom. */
  readonly across: readonly [number, number];
  readonly up: readonly [number, number];
  readonly x: string;
  readonly y: string;
  /** More of Plotly's settings of its axes. */
  readonly xaxis?: object;
  readonly yaxis?: object;
}

/** The panels' traces, each on axes of its own, and these axes, in somewhat smaller type than a figure's. */
export function inPanels(panels: readonly Panel[]): Figure {
  const data: Trace[] = [];
  const layout: Record<string, unknown> = {};
  for (const [i, { traces, across, up, x, y, xaxis, yaxis }] of panels.entries()) {
    const number = i === 0 ? '' : `${i + 1}`;
    data.push(...traces.map((trace) => ({ ...trace, xaxis: `x${number}`, yaxis: `y${number}` })));
    layout[`xaxis${number}`] = { ...smaller(x), domain: across, anchor: `y${number}`, ...xaxis };
    layout[`yaxis${number}`] = { ...smaller(y), domain: up, anchor: `x${number}`, ...yaxis };
  }
  return { data, layout };
}

function smaller(title: string): object {
  return { ...axis(title), title: { text: title, font: { size: 15 } }, tickfont: { size: 13 } };
}
