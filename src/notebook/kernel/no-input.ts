import { Readable } from 'node:stream';
import { InputError } from '../../errors.js';

/** Puts in place of standard input, which a kernel has none of, a stream that tells `refuse` when something reads it. */
export function refuseInput(refuse: (error: InputError) => void): void {
  const stdin = new Readable({
    read() {
      refuse(
        new InputError(
          'A cell cannot read standard input: this kernel asks its front end for none. Write the value into the cell.',
        ),
      );
    },
  });
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}
