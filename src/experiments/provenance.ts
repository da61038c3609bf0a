import { type ColumnTable, table } from 'arquero';
import { distinct, grouped } from './arms.js';
import { type Results, rowsOf } from './results.js';
import type { ResultRow } from './row.js';

const computedBy = [
  ...(['engine', 'device', 'threads', 'processor'] as const),
  ...(['dclLab', 'node', 'tfjs', 'onnxruntime'] as const),
];

/**
 * Where results come from: a row for each machine and set of versions that computed some of them, with the number of
 * `trials`, their `seeds`, the UTC times between which they were finished, and the `hours` of training and evaluation.
 */
export function provenance(results: Results): ColumnTable {
  const origins = grouped(rowsOf(results), computedBy).map(originOf);
  const names = ['trials', 'seeds', 'from', 'to', 'hours', 'machine', 'software'] as const;
  return table(Object.fromEntries(names.map((name) => [name, origins.map((origin) => origin[name])])));
}

function originOf(rows: readonly ResultRow[]) {
  const { engine, device, threads, processor, dclLab, node, tfjs, onnxruntime } = rows[0]!;
  const times = rows.map(({ finishedAt }) => finishedAt.slice(0, 16).replace('T', ' ')).sort();
  const seconds = rows.reduce((sum, row) => sum + row.trainSeconds + row.evaluationSeconds, 0);
  return {
    trials: rows.length,
    seeds: distinct(rows, 'seed').join(', '),
    from: times[0]!,
    to: times.at(-1)!,
    hours: Number((seconds / 3600).toFixed(2)),
    machine: [device, ...(threads === null ? [] : [`${threads} threads`]), processor].join(', '),
    software: `dcl-lab ${dclLab}, ${engine} (onnxruntime ${onnxruntime}), TensorFlow.js ${tfjs}, Node.js ${node}`,
  };
}
