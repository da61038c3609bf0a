/** A case's measurements as a Markdown table, to be read in a terminal or kept in NOTES.md. */
import type { Case } from './cases.js';
import type { Measurement } from './measure.js';
import { median } from './median.js';

interface Scale {
  readonly case: Case;
  /** Floating-point operations of one step. */
  readonly operations: number;
  /** Floating-point operations a second of the fastest matrix product. */
  readonly peak: number;
}

const columns = [
  '',
  'images/s (slowest to fastest)',
  'of PyTorch',
  'of peak',
  'first step (s)',
  'recording (ms)',
  'peak memory (MB)',
  'of PyTorch',
  'before (MB)',
];

export function table(measurements: readonly Measurement[], scale: Scale): string {
  const mark = fasterPyTorch(measurements);
  const rows = measurements.map((measurement) => row(measurement, mark, scale));
  const widths = columns.map((title, i) => Math.max(title.length, ...rows.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => '-'.repeat(width - Number(i > 0)) + (i > 0 ? ':' : '')).join(' | ')} |`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

/** The layout in which PyTorch is faster: the one to compare with, in speed and in memory. */
function fasterPyTorch(measurements: readonly Measurement[]): Measurement | undefined {
  return measurements
    .filter(({ name }) => name.startsWith('PyTorch'))
    .toSorted((a, b) => median(a.seconds) - median(b.seconds))[0];
}

function row(measurement: Measurement, mark: Measurement | undefined, scale: Scale): string[] {
  const { name, first, seconds, recording, built, memory } = measurement;
  const rate = (value: number) => (scale.case.images / value).toPrecision(3);
  const time = median(seconds);
  const ratio = (value: number | undefined) =>
    value === undefined ? '' : `${value.toFixed(value < 0.01 ? 4 : 2)} x`;
  return [
    name,
    `${rate(time)} (${rate(Math.max(...seconds))} to ${rate(Math.min(...seconds))})`,
    ratio(mark && median(mark.seconds) / time),
    `${Math.round((100 * scale.operations) / time / scale.peak)} %`,
    first.toFixed(2),
    recording.length === 0 ? '' : median(recording).toFixed(1),
    memory?.peak.toFixed(0) ?? '',
    ratio(memory && mark?.memory && memory.peak / mark.memory.peak),
    built?.now.toFixed(0) ?? '',
  ];
}
