import type { MultiplierStatistics } from '../npc/index.js';
import { baseLayout, type Figure, rounded } from './figure.js';
import { histogramBars } from './histogram-bars.js';
import { inPanels, type Panel } from './panels.js';
import { type SeriesStyle, seriesStyles } from './series-style.js';
import { smoothedCurve, smoothingWindow } from './smoothed-curve.js';

/** A run so far, and what to say of it. */
export interface TrainingProgressOptions {
  /** Steps that were reported. */
  readonly steps: readonly TrainingProgressStep[];
  /** Evaluations during the run, if there are any. */
  readonly evaluations?: readonly TrainingProgressEvaluation[];
  /** What is trained; a loss named in it gives the colour. */
  readonly title: string;
  /** Progress, below the title, in two lines at most. */
  readonly status: readonly string[];
}

/** A step, as a run's `step` event reports it. */
export interface TrainingProgressStep {
  /** Steps done, 1 for the first. */
  readonly step: number;
  /** In nats. */
  readonly loss: number;
  /** Of q in the step's batch. */
  readonly multiplier: MultiplierStatistics;
}

/** Accuracies after a step, as a run's `evaluation` event reports them. */
export interface TrainingProgressEvaluation {
  /** Steps done. */
  readonly step: number;
  /** 0 to 1, by name. */
  readonly accuracies: Readonly<Record<string, number>>;
}

/** A panel is about 300 pixels wide: a curve is thinned to so many points, and an update of a long run stays small. */
const points = 150;

const across = { left: [0, 0.43], right: [0.57, 1], whole: [0, 1] } as const;
const up = { top: [0.61, 1], bottom: [0, 0.38] } as const;

/** A run under way: the loss, accuracies where it evaluates, the histogram of q in the last batch, and C_v of q. */
export function trainingProgress(options: TrainingProgressOptions): Figure {
  const { steps, evaluations = [], title, status } = options;
  const [style] = seriesStyles([title]) as [SeriesStyle];
  const accuracies = accuracyPanel(evaluations);
  const loss = curvePanel(steps, ({ loss }) => loss, style, 'loss (nats)');
  const variation = curvePanel(steps, ({ multiplier }) => multiplier.variation, style, 'C<sub>v</sub> of q');
  const { data, layout } = inPanels([
    { ...loss, across: accuracies ? across.left : across.whole, up: up.top },
    { ...histogramPanel(steps, style), across: across.left, up: up.bottom },
    { ...variation, across: across.right, up: up.bottom, yaxis: { rangemode: 'tozero' } },
    ...(accuracies ? [{ ...accuracies, across: across.right, up: up.top }] : []),
  ]);
  const several = accuracies !== undefined && accuracies.traces.length > 1;
  return {
    data,
    layout: {
      ...baseLayout({ title, subtitle: [status.join('<br>')], x: '', y: '' }),
      ...layout,
      height: 580,
      margin: { l: 70, r: 20, t: 110, b: several ? 95 : 60 },
      bargap: 0,
      showlegend: several,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: -0.17, yanchor: 'top' },
    },
  };
}

/** A panel without its place. */
type Chart = Omit<Panel, 'across' | 'up'>;

function curvePanel(
  steps: readonly TrainingProgressStep[],
  measure: (step: TrainingProgressStep) => number,
  style: SeriesStyle,
  y: string,
): Chart {
  const window = smoothingWindow(steps.length);
  const [places, values] = [steps.map(({ step }) => step), steps.map(measure)];
  const traces = smoothedCurve({ name: y, steps: places, values, style, window, points });
  return {
    traces: traces.map((trace) => ({ ...trace, showlegend: false })),
    x: window === 1 ? 'training step' : `training step (means of ${window} reports)`,
    y,
  };
}

function histogramPanel(steps: readonly TrainingProgressStep[], { colour }: SeriesStyle): Chart {
  const bars = histogramBars(steps.at(-1)?.multiplier.histogram ?? []);
  return {
    traces: [{ ...bars, name: 'q', marker: { color: colour }, showlegend: false }],
    x: 'q, last batch',
    y: 'anchors (%)',
    xaxis: { range: [0, 1] },
    // In few steps, so that it seldom moves.
    yaxis: { range: [0, [25, 50].find((most) => most > Math.max(0, ...bars.y)) ?? 100] },
  };
}

/** Undefined before there is an evaluation. */
function accuracyPanel(evaluations: readonly TrainingProgressEvaluation[]): Chart | undefined {
  const names = [...new Set(evaluations.flatMap(({ accuracies }) => Object.keys(accuracies)))];
  if (names.length === 0) return undefined;
  const styles = seriesStyles(names);
  const traces = names.map((name, i) => {
    const of = evaluations.filter(({ accuracies }) => name in accuracies);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: of.map(({ step }) => step),
      y: rounded(of.map(({ accuracies }) => 100 * accuracies[name]!)),
      line: { color: styles[i]!.colour, width: 2, dash: styles[i]!.dash },
      marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 7 },
    };
  });
  return { traces, x: 'training step', y: names.length === 1 ? `${names[0]} (%)` : 'accuracy (%)' };
}
