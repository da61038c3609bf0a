import { InputError } from '../errors.js';

/** Settings of the losses that are not given. */
export const defaults = { temperature: 0.1, sigma: 0.5 } as const;

/** @throws InputError unless `value` is a finite number above 0 */
export function checkPositive(name: 'temperature' | 'sigma', value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new InputError(`${name} is ${value}: give a finite number above 0, such as ${defaults[name]}.`);
  }
}
