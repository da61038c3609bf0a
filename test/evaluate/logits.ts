import fc from 'fast-check';
import { type ProbabilisticClassification, ProbabilityTally } from '../../src/evaluate/probabilities.js';

/** What logits come to, row by row. */
export function classified(
  logits: readonly (readonly number[])[],
  labels: readonly number[],
  classes: readonly string[] = ['cat', 'dog', 'eel'],
): ProbabilisticClassification {
  const rows = { name: 'by hand', count: labels.length, labels: Int32Array.from(labels), classes };
  const tally = new ProbabilityTally(rows);
  for (const row of logits) tally.add(Float32Array.from(row));
  return tally.result();
}

/** Any logits of three classes with any labels. */
export const anyLogits = fc.array(
  fc.record({
    logits: fc.array(
      fc.integer({ min: -40, max: 40 }).map((value) => value / 8),
      { minLength: 3, maxLength: 3 },
    ),
    label: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
);
