import { baseLayout, type Figure, rounded } from './figure.js';
import { description, type MultiplierRow } from './multiplier-row.js';
import { seriesStyles } from './series-style.js';

/** What stands above {@link variationByBatchSize}. */
export interface VariationByBatchSizeOptions {
  /** Default: `How much q varies, by batch size`. */
  readonly title?: string;
  /** Encoder and training; data set, temperature and seed come from the rows. */
  readonly subtitle?: string;
}

/**
 * Coefficient of variation C_v of q (standard deviation / mean) against batch size, a line for each name.
 * @param collected rows of `npc.collect` by name, such as `untrained` and `InfoNCE`
 */
export function variationByBatchSize(
  collected: Readonly<Record<string, readonly MultiplierRow[]>>,
  options: VariationByBatchSizeOptions = {},
): Figure {
  const names = Object.keys(collected);
  const styles = seriesStyles(names);
  const rows = names.flatMap((name) => [...collected[name]!]);
  const data = names.map((name, i) => {
    const ordered = [...collected[name]!].sort((a, b) => a.batchSize - b.batchSize);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: ordered.map(({ batchSize }) => batchSize),
      y: rounded(ordered.map(({ variation }) => variation)),
      line: { color: styles[i]!.colour, width: 3, dash: styles[i]!.dash },
      marker: { color: styles[i]!.colour, symbol: styles[i]!.symbol, size: 11 },
    };
  });
  const layout = baseLayout({
    title: options.title ?? 'How much q varies, by batch size',
    subtitle: [options.subtitle, rows.length > 0 ? description(rows) : undefined],
    x: 'batch size (images, logarithmic)',
    y: 'coefficient of variation C<sub>v</sub>',
  });
  return {
    data,
    layout: {
      ...layout,
      showlegend: names.length > 1,
      xaxis: { ...(layout.xaxis as object), ...batchSizeTicks(rows.map(({ batchSize }) => batchSize)) },
      yaxis: { ...(layout.yaxis as object), rangemode: 'tozero' },
    },
  };
}

/** A logarithmic axis with a tick at each of the batch sizes. */
export function batchSizeTicks(batchSizes: readonly number[]) {
  const tickvals = [...new Set(batchSizes)].sort((a, b) => a - b);
  return { type: 'log', tickmode: 'array', tickvals, ticktext: tickvals.map(String) };
}
