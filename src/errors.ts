/**
 * What a caller gave cannot be used: the message names the value and says what to do instead.
 * The command line prints the message alone and exits with status 2.
 */
export class InputError extends Error {
  override readonly name: string = 'InputError';
}
