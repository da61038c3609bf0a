import type { PublishedResults } from '../experiments/index.js';
import { rounded, type Trace } from './figure.js';
import { lossName, methodName } from './names.js';
import { seriesStyles } from './series-style.js';

/** Factors that others published values for. */
export type PublishedFactor = 'batchSize' | 'epochs';

interface PublishedRow {
  readonly method: string;
  readonly loss: string;
  /** null where the source does not say; the batch size likewise. */
  readonly temperature: number | null;
  readonly batchSize: number | null;
  readonly epochs: number;
  readonly encoder: string;
  readonly measure: string;
  readonly value: number;
  readonly selection: string;
  readonly defect: string | null;
  readonly source: string;
}

/** Marks of a loss's first, second and third series: lines are all dotted. */
const symbols: Readonly<Record<string, string>> = { dash: 'square-open', dot: 'triangle-up-open' };

/**
 * Others' values as hollow marks on dotted lines, each named as published with its author, encoder, settings,
 * and as the best epoch on the test data where it is that.
 */
export function publishedTraces(
  published: PublishedResults,
  factor: PublishedFactor,
  measure: string,
): { readonly data: Trace[]; readonly leftOut: number; readonly values: number[] } {
  const fitting = (published.objects() as PublishedRow[]).filter(
    (row) => row.measure === measure && row[factor] !== null,
  );
  const sound = fitting.filter(({ defect }) => !defect);
  const series = new Map<string, PublishedRow[]>();
  for (const row of sound) {
    const name = nameOf(row, factor);
    series.set(name, [...(series.get(name) ?? []), row]);
  }
  const styles = seriesStyles([...series.keys()]);
  const data = [...series].map(([name, rows], i): Trace => {
    const style = styles[i]!;
    const sorted = rows.sort((a, b) => a[factor]! - b[factor]!);
    return {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      x: sorted.map((row) => row[factor]!),
      y: rounded(sorted.map(({ value }) => 100 * value)),
      text: sorted.map(({ selection, source }) => `${selection}; ${source}`),
      line: { color: style.colour, width: 1.5, dash: 'dot' },
      marker: { color: style.colour, size: 10, symbol: symbols[style.dash] ?? 'diamond-open' },
    };
  });
  return { data, leftOut: fitting.length - sound.length, values: sound.map((row) => row[factor]!) };
}

function nameOf(row: PublishedRow, factor: PublishedFactor): string {
  const { method, loss, temperature, encoder, source, selection } = row;
  const [, owner] = /github\.com\/([^/]+)/.exec(source) ?? [];
  const fixed = factor === 'batchSize' ? `${row.epochs} epochs` : `batch ${row.batchSize ?? 'not stated'}`;
  const what = method === 'simclr' ? lossName(loss) : `${methodName(method)} with ${lossName(loss)}`;
  const chosen = /best .* test set/.test(selection) ? ', best test epoch' : '';
  return `${what}, published by ${owner ?? source}: ${encoder}, ${fixed}, τ ${temperature ?? 'not stated'}${chosen}`;
}
