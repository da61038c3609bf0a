/**
 * What a caller gave cannot be used: the message names the value and says what to do instead.
 * The command line prints the message alone and exits with status 2.
 */
export class InputError extends Error {
  override readonly name: string = 'InputError';
}

/** @throws InputError unless `value` is a whole number of at least `least` */
export function requireInteger(name: string, value: number, least = 1): void {
  if (!Number.isInteger(value) || value < least) {
    throw new InputError(`${name} is ${value}; it must be a whole number of at least ${least}.`);
  }
}

/** @throws InputError unless `value` is finite and above 0 */
export function requirePositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new InputError(`${name} is ${value}; it must be a finite number above 0.`);
  }
}
