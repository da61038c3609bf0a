import { InputError } from '../errors.js';
import { axis, baseLayout, type Figure, type Trace, topMargin } from './figure.js';
import { histogramBars } from './histogram-bars.js';
import { description, type MultiplierRow } from './multiplier-row.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link multiplierByBatchSize}. */
export interface MultiplierByBatchSizeOptions {
  /** Default: `The multiplier q by batch size`. */
  readonly title?: string;
  /** Encoder and training; data set, temperature and seed come from the rows. */
  readonly subtitle?: string;
}

/** Of a row of histograms, and of what is below them, in pixels. */
const rowHeight = 130;
const bottom = 75;
/** Share of its row that a histogram takes; the numbers above it take the rest. */
const filled = 0.7;
/** Between columns, of the whole width. */
const gap = 0.09;

/** One histogram: where it stands and how Plotly numbers its axes. */
interface Panel {
  readonly row: MultiplierRow;
  readonly colour: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly axes: string;
  /** Axes of the panel whose percentages it shares: the first of its column. */
  readonly like: string;
}

/**
 * Histograms of q: a column for each name, a row for each batch size, with the mean and C_v (standard deviation / mean)
 * above each. The percentages of a column have one scale.
 * @param collected rows of `npc.collect` by name, such as `untrained` and `InfoNCE`
 * @throws InputError where there are no rows
 */
export function multiplierByBatchSize(
  collected: Readonly<Record<string, readonly MultiplierRow[]>>,
  options: MultiplierByBatchSizeOptions = {},
): Figure {
  const names = Object.keys(collected);
  const rows = Object.values(collected).flat();
  const batchSizes = [...new Set(rows.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  if (rows.length === 0) throw new InputError('There are no multipliers to draw: give rows of npc.collect.');
  const panels = placed(collected, batchSizes);
  const layout = baseLayout({
    title: options.title ?? 'The multiplier q by batch size',
    subtitle: [options.subtitle, description(rows)],
    x: '',
    y: '',
  });
  const { xaxis: _x, yaxis: _y, ...rest } = layout;
  const top = topMargin(layout) + 20;
  return {
    data: panels.map(bars),
    layout: {
      ...rest,
      ...Object.fromEntries(panels.flatMap((panel) => axes(panel, panel.y[0] === lowest(panels)))),
      bargap: 0,
      height: top + rowHeight * batchSizes.length + bottom,
      margin: { l: 80, r: 100, t: top, b: bottom },
      showlegend: false,
      annotations: [
        ...panels.map(numbers),
        ...names.map((name, column) => heading(name, column, names.length)),
        ...batchSizes.map((batchSize, row) => rowLabel(batchSize, row, batchSizes.length)),
        { ...sharedTitle, text: 'anchors (%)', textangle: -90, x: 0, xshift: -58, y: 0.5 },
        {
          ...sharedTitle,
          text: 'multiplier q (0: no gradient, 1: full gradient)',
          x: 0.5,
          y: 0,
          yshift: -50,
        },
      ],
    },
  };
}

function placed(
  collected: Readonly<Record<string, readonly MultiplierRow[]>>,
  batchSizes: readonly number[],
): Panel[] {
  const names = Object.keys(collected);
  const styles = seriesStyles(names);
  const panels: Panel[] = [];
  for (const [column, name] of names.entries()) {
    const x = columnOf(column, names.length);
    const first = axesName(panels.length);
    for (const [line, batchSize] of batchSizes.entries()) {
      const row = collected[name]!.find((candidate) => candidate.batchSize === batchSize);
      const y = [1 - (line + 1) / batchSizes.length, 1 - (line + 1 - filled) / batchSizes.length] as const;
      if (row === undefined) continue;
      panels.push({ row, colour: styles[column]!.colour, x, y, axes: axesName(panels.length), like: first });
    }
  }
  return panels;
}

/** Left and right of a column, from 0 to 1. */
function columnOf(column: number, columns: number): readonly [number, number] {
  const width = (1 - gap * (columns - 1)) / columns;
  const left = column * (width + gap);
  return [left, left + width];
}

/** Plotly calls the first axes x and y, the second x2 and y2. */
function axesName(index: number): string {
  return index === 0 ? '' : String(index + 1);
}

function lowest(panels: readonly Panel[]): number {
  return Math.min(...panels.map(({ y }) => y[0]));
}

function bars({ row, colour, axes: number }: Panel): Trace {
  const name = `N = ${row.batchSize}`;
  return {
    ...histogramBars(row.histogram),
    name,
    xaxis: `x${number}`,
    yaxis: `y${number}`,
    marker: { color: colour },
  };
}

function axes({ x, y, axes: number, like }: Panel, bottom: boolean): [string, object][] {
  const shared = like === number ? {} : { matches: `y${like}` };
  return [
    [
      `xaxis${number}`,
      { ...axis(''), domain: x, anchor: `y${number}`, range: [0, 1], nticks: 6, showticklabels: bottom },
    ],
    [
      `yaxis${number}`,
      { ...axis(''), domain: y, anchor: `x${number}`, rangemode: 'tozero', nticks: 3, ...shared },
    ],
  ];
}

/** Above a histogram. */
function numbers({ row, x, y }: Panel) {
  const text = `mean ${row.mean.toFixed(2)}, C<sub>v</sub> ${row.variation.toFixed(2)}`;
  return {
    ...onPaper,
    text,
    font: { size: 15 },
    x: x[0],
    xanchor: 'left',
    y: y[1],
    yanchor: 'bottom',
  };
}

/** Above a column. */
function heading(name: string, column: number, columns: number) {
  const [left, right] = columnOf(column, columns);
  const middle = (left + right) / 2;
  return {
    ...onPaper,
    text: `<b>${name}</b>`,
    font: { size: 17 },
    x: middle,
    xanchor: 'center',
    y: 1,
    yanchor: 'bottom',
    yshift: -12,
  };
}

/** To the right of a row. */
function rowLabel(batchSize: number, row: number, rows: number) {
  const middle = 1 - (row + 1 - filled / 2) / rows;
  return {
    ...onPaper,
    text: `<b>N = ${batchSize}</b>`,
    font: { size: 17 },
    x: 1,
    xanchor: 'left',
    xshift: 6,
    y: middle,
    yanchor: 'middle',
  };
}

const onPaper = { xref: 'paper', yref: 'paper', showarrow: false };
const sharedTitle = { ...onPaper, font: { size: 18 }, xanchor: 'center', yanchor: 'middle' };
