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

/** Random embeddings of 2 to 9 images in 2 to 12 dimensions, none near the origin. */
export const views: fc.Arbitrary<[Rows, Rows]> = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 12 }))
  .chain(([rows, columns]) => {
    const component = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 500);
    const row = fc
      .array(component, { minLength: columns, maxLength: columns })
      .filter((values) => values.some((x) => Math.abs(x) > 0.5));
    const view = fc.array(row, { minLength: rows, maxLength: rows });
    return fc.tuple(view, view);
  });
