import { InputError } from '../errors.js';
import { dcl } from './dcl.js';
import { type DCLWOptions, dclw } from './dclw.js';
import { infoNCE } from './info-nce.js';
import type { ContrastiveLoss } from './loss.js';

const losses: Readonly<Record<string, (options: DCLWOptions) => ContrastiveLoss>> = {
  infonce: infoNCE,
  dcl,
  dclw,
};

/** The names {@link byName} knows. */
export const names: readonly string[] = Object.keys(losses);

/**
 * The loss that the command line and run settings call `name`: `infonce`, `dcl` or `dclw`.
 *
 * @param options the loss's own options; `sigma` is for `dclw` alone
 * @throws InputError for another name, or for an option the loss does not have
 */
export function byName(name: string, options: DCLWOptions = {}): ContrastiveLoss {
  const create = Object.hasOwn(losses, name) ? losses[name] : undefined;
  if (create === undefined) {
    throw new InputError(`There is no loss "${name}": choose one of ${names.join(', ')}.`);
  }
  const loss = create(options);
  for (const [option, value] of Object.entries(options)) {
    if (value !== undefined && !(option in loss.settings)) {
      throw new InputError(
        `${option} is ${value}, but the loss ${name} has only ${Object.keys(loss.settings).join(' and ')}: leave ${option} out.`,
      );
    }
  }
  return loss;
}
