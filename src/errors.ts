/**
 * What a caller gave cannot be used: the message names the value and says what to do instead.
 * The command line prints the message alone and exits with status 2.
 */
export class InputError extends Error {
  /** What its stack begins with. */
  override readonly name: string = 'InputError';
}

/**
 * Work was ended by who watches it, such as a notebook's stop button: what `onProgress` throws ends the work, and an error of
 * this class is passed on as it is.
 */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** @throws InputError unless `value` is a whole number from `least` to `most` */
export function requireInteger(
  name: string,
  value: number,
  least = 1,
  most = Number.POSITIVE_INFINITY,
): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InputError(`${name} is ${value}; it must be a whole number ${range}.`);
}

/** @throws InputError unless `value` is finite and above 0 */
export function requirePositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new InputError(`${name} is ${value}; it must be a finite number above 0.`);
  }
}

/** @throws InputError unless `value` is from `least` to `most`, or, without `most`, finite and at least `least` */
export function requireRange(name: string, value: number, least: number, most?: number): void {
  if (value >= least && value <= (most ?? Number.MAX_VALUE)) return;
  const range = most === undefined ? `finite number of at least ${least}` : `number from ${least} to ${most}`;
  throw new InputError(`${name} is ${value}; it must be a ${range}.`);
}

/** @throws InputError unless `value` is one of the choices */
export function requireOneOf(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new InputError(`${name} is '${value}'; choose ${choices.join(', ')}.`);
}

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
