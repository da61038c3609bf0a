import { InputError } from '../errors.js';
import type { Method } from './method.js';
import { type MocoOptions, moco } from './moco.js';
import { type NnclrOptions, nnclr } from './nnclr.js';
import { simclr } from './simclr.js';

/** What {@link byName} takes: the loss and the head, and what the method itself has of the others. */
export type MethodOptions = MocoOptions & NnclrOptions;

const methods: Readonly<Record<string, (options: MethodOptions) => Method>> = { simclr, moco, nnclr };

/** The names {@link byName} knows. */
export const names: readonly string[] = Object.keys(methods);

/**
 * The method that the command line and run settings call `name`: `simclr`, `moco` or `nnclr`.
 * @throws InputError for another name, for an option that the method does not have, and where the method does
 */
export function byName(name: string, options: MethodOptions): Method {
  const create = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (create === undefined) {
    throw new InputError(`There is no method "${name}": choose one of ${names.join(', ')}.`);
  }
  const method = create(options);
  const { loss: _, head: __, ...own } = options;
  for (const [option, value] of Object.entries(own)) {
    if (value !== undefined && !Object.hasOwn(method.settings, option)) {
      throw new InputError(
        `${option} is ${value}, but the method ${name} has no such setting: leave it out.`,
      );
    }
  }
  return method;
}
