/** How the values of options are read and passed on. */
import { InvalidArgumentError } from 'commander';

/** Reads `--name 12`. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Reads `--name 0.1`. */
export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** Reads `--name 32x32`, height first. */
export function imageSize(text: string): readonly [number, number] {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!height || !width) throw new InvalidArgumentError('It must be HEIGHTxWIDTH, such as 32x32.');
  return [Number(height), Number(width)];
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The options that were given, to pass on: the library's defaults hold for the others, and 0 is passed on as 0. */
export function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
