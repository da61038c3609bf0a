import type { Figure, Trace } from '../../figures/index.js';
import { figureTitle, plainText } from './figure-html.js';

const bars = '▁▂▃▄▅▆▇█';
/** Widest sparkline, in characters. */
const sparkWidth = 40;

/** What a chart says, for places without pictures: title, axes, and each series with its range and a sparkline. */
export function figureText(figure: Figure): string {
  const axes = [axisTitle(figure, 'yaxis'), axisTitle(figure, 'xaxis')].filter((title) => title !== '');
  const shown = figure.data.filter((trace) => trace.showlegend !== false);
  return [figureTitle(figure), axes.join(' by '), ...shown.map(traceText)]
    .filter((line) => line !== '')
    .join('\n');
}

function axisTitle({ layout }: Figure, name: string): string {
  const title = (layout[name] as { title?: { text?: string } } | undefined)?.title;
  return plainText(title?.text ?? '');
}

function traceText(trace: Trace): string {
  const name = plainText(String(trace.name ?? trace.type ?? 'series'));
  const y = Array.isArray(trace.y)
    ? trace.y.filter((value): value is number => typeof value === 'number')
    : [];
  if (trace.mode === 'markers') return `  ${name}: ${y.length} points`;
  if (y.length === 0) return `  ${name}`;
  if (y.length === 1) return `  ${name}: ${short(y[0]!)}`;
  const range = `${short(y[0]!)} to ${short(y.at(-1)!)}, lowest ${short(Math.min(...y))}, highest ${short(Math.max(...y))}`;
  return `  ${name}: ${range}\n    ${sparkline(y)}`;
}

/** Heights of a series in eight steps, averaged down to at most 40 characters. */
function sparkline(values: readonly number[]): string {
  const width = Math.min(sparkWidth, values.length);
  const means = Array.from({ length: width }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / width),
      Math.floor(((i + 1) * values.length) / width),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const low = Math.min(...means);
  const range = Math.max(...means) - low || 1;
  return means.map((mean) => bars[Math.min(7, Math.floor(((mean - low) / range) * 8))]).join('');
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
