import { InputError } from '../errors.js';

/**
 * @param rows - [n, width], row by row
 * @param problem - what to tell of the first row with a NaN or an infinity
 * @throws InputError unless every value is finite: comparisons with NaN are all false, so it would look like a result
 */
export function requireFinite(
  rows: Float32Array,
  width: number,
  problem: (row: number, value: number) => string,
): void {
  const place = rows.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) throw new InputError(problem(Math.floor(place / width), rows[place]!));
}
