import type { Embeddings } from '../../src/evaluate/index.js';

/** Embeddings written out by hand, for closed-form expectations. */
export function embeddings(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  classes: readonly string[] = ['a', 'b', 'c'],
): Embeddings {
  return {
    name: 'by hand',
    features: Float32Array.from(rows.flat()),
    count: rows.length,
    dimension: rows[0]!.length,
    labels: Int32Array.from(labels),
    classes,
  };
}
