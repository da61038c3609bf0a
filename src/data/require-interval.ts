import { InputError } from '../errors.js';

/** @throws InputError unless the two numbers are in order, above 0 and at most `highest` */
export function requireInterval(name: string, [low, high]: readonly [number, number], highest: number): void {
  if (!(low > 0 && low <= high && high <= highest && Number.isFinite(high))) {
    throw new InputError(
      `${name} is [${low}, ${high}]; it must be two numbers, the smaller first, above 0${highest === 1 ? ' and at most 1' : ''}.`,
    );
  }
}
