import * as fc from 'fast-check';
import type { Rows } from './reference.js';

/** Two views that the golden scripts can write down too: element n of view k is sin((n + 1) * frequency). */
export function sines(rows: number, columns: number): [Rows, Rows] {
  const view = (frequency: number): Rows =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Math.sin((i * columns + j + 1) * frequency)),
    );
  return [view(1.1), view(1.3)];
}

/** Random embeddings, none near the origin. */
export function embeddings(rows: number, columns: number): fc.Arbitrary<Rows> {
  const component = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 500);
  const row = fc
    .array(component, { minLength: columns, maxLength: columns })
    .filter((values) => values.some((x) => Math.abs(x) > 0.5));
  return fc.array(row, { minLength: rows, maxLength: rows });
}

/** Of 2 to 9 images in 2 to 12 dimensions. */
export const views: fc.Arbitrary<[Rows, Rows]> = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 12 }))
  .chain(([rows, columns]) => fc.tuple(embeddings(rows, columns), embeddings(rows, columns)));

/** Queries and keys of 1 to 6 images, a queue of 1 to 9 keys, and 1 to 3 more, in 2 to 8 dimensions. */
export const queued: fc.Arbitrary<{ queries: Rows; keys: Rows; queue: Rows; more: Rows }> = fc
  .tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 2, max: 8 }),
  )
  .chain(([images, size, added, columns]) =>
    fc.record({
      queries: embeddings(images, columns),
      keys: embeddings(images, columns),
      queue: embeddings(size, columns),
      more: embeddings(added, columns),
    }),
  );
