import type { CollectedMultipliers } from '../npc/index.js';

/** What the figures need of a row that `npc.collect` gives. */
export type MultiplierRow = Omit<CollectedMultipliers, 'q'>;

/** What the rows have in common, as a subtitle: data sets, number of anchors, temperatures and seeds. */
export function description(rows: readonly MultiplierRow[]): string {
  const distinct = (values: readonly (string | number)[]) => [...new Set(values)].join(' and ');
  const anchors = rows.map(({ batches, batchSize }) => 2 * batches * batchSize);
  const [fewest, most] = [Math.min(...anchors), Math.max(...anchors)];
  const n = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return [
    distinct(rows.map(({ data }) => data)),
    `n = ${n} anchors`,
    `temperature ${distinct(rows.map(({ temperature }) => temperature))}`,
    `seed ${distinct(rows.map(({ seed }) => seed))}`,
  ].join(', ');
}
