import { table } from 'arquero';
import { type Command, InvalidArgumentError } from 'commander';
import { show } from '../notebook/index.js';
import { differences, type RecipeName, recipe, recipeNames, shown } from '../train/index.js';

export function addRecipes(program: Command): void {
  program
    .command('recipes')
    .description(
      `Show how someone pretrained on ImageNet, with sources, or what two of them do differently: ${recipeNames.join(', ')}.`,
    )
    .argument(
      '<recipe>',
      'a name, or several with commas: the later ones say what the first leave open',
      names,
    )
    .argument('[other]', 'another to compare it with', names)
    .action(showRecipes);
}

function names(list: string): readonly RecipeName[] {
  const all = list.split(',');
  const unknown = all.find((name) => !(recipeNames as readonly string[]).includes(name));
  if (unknown === undefined) return all as RecipeName[];
  throw new InvalidArgumentError(`There is no recipe "${unknown}"; choose ${recipeNames.join(', ')}.`);
}

function showRecipes(one: readonly RecipeName[], other: readonly RecipeName[] | undefined): void {
  const a = recipe(...(one as [RecipeName]));
  if (other === undefined) {
    const rows = Object.entries(a.settings);
    const sources: Readonly<Record<string, string>> = a.sources;
    show(
      table({
        setting: rows.map(([setting]) => setting),
        source: rows.map(([setting]) => sources[setting] ?? ''),
        [a.name]: rows.map(([, value]) => String(shown(value))),
      }),
    );
    for (const note of a.notes) console.log(note);
  } else {
    const b = recipe(...(other as [RecipeName]));
    const rows = differences(a, b);
    show(
      table({
        setting: rows.map(({ setting }) => setting),
        [a.name]: rows.map((row) => String(row.a)),
        [b.name]: rows.map((row) => String(row.b)),
      }),
    );
  }
}
