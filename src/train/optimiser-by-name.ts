import { InputError } from '../errors.js';
import { type LarsOptions, lars } from './lars.js';
import type { OptimiserChoice } from './optimiser.js';
import { type SgdOptions, sgd } from './sgd.js';

/** An optimiser as plain data, such as a JSON file holds it. */
export type OptimiserSettings =
  | ({ readonly name: 'sgd' } & SgdOptions)
  | ({ readonly name: 'lars' } & LarsOptions);

const optimisers: Readonly<Record<string, (options: SgdOptions & LarsOptions) => OptimiserChoice>> = {
  sgd,
  lars,
};

/** The names {@link optimiserByName} knows. */
export const optimiserNames: readonly string[] = Object.keys(optimisers);

/**
 * The optimiser that the command line and run settings call `name`: `sgd` or `lars`.
 * @throws InputError for another name, for an option that the optimiser does not have, and where the optimiser does
 */
export function optimiserByName({
  name,
  ...options
}: { readonly name: string } & LarsOptions): OptimiserChoice {
  const create = Object.hasOwn(optimisers, name) ? optimisers[name] : undefined;
  if (create === undefined) {
    throw new InputError(`There is no optimiser "${name}": choose one of ${optimiserNames.join(', ')}.`);
  }
  const { settings } = create({});
  for (const [option, value] of Object.entries(options)) {
    // The form google of LARS itself refuses what it does not have.
    if (!Object.hasOwn(settings, option)) {
      throw new InputError(
        `${option} is ${value}, but the optimiser ${name} has no such setting: leave it out.`,
      );
    }
  }
  return create(options);
}
