import { InputError } from '../errors.js';

/** Makes the error that says what is wrong with a file. */
export type Refuse = (problem: string) => InputError;

/** @param source - the file's name, which the message begins with */
export function refusal(source: string): Refuse {
  return (problem) =>
    new InputError(`${source} ${problem}. Nothing of it was run, and it was left untouched.`);
}
