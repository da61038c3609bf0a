import { InputError } from '../../errors.js';
import { type Cell, type CodeCell, joined, type Notebook } from '../format/notebook.js';

/** JSON values by name for the variables that a notebook's `parameters` cell declares. */
export type Parameters = Readonly<Record<string, unknown>>;

const injected = 'injected-parameters';

/**
 * A copy of the notebook with a cell that sets `parameters` after the one tagged `parameters`, as papermill does.
 * @throws InputError when no cell has the tag or it declares no variable of a given name
 */
export function withParameters(notebook: Notebook, parameters: Parameters): Notebook {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, injected));
  const names = Object.keys(parameters);
  if (names.length === 0) return { ...notebook, cells };
  const at = cells.findIndex((cell) => hasTag(cell, 'parameters'));
  const defaults = cells[at];
  if (defaults === undefined) {
    throw new InputError(
      `parameters ${names.join(', ')} were given, but no cell of the notebook has the tag parameters`,
    );
  }
  const known = declaredNames(joined(defaults.source));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new InputError(`the notebook has no parameter ${unknown.join(', ')}; it has ${known.join(', ')}`);
  }
  const cell: CodeCell = {
    cell_type: 'code',
    id: injected,
    metadata: { tags: [injected] },
    // `let`, because the type of a constant would be the one value given.
    source: names.map((name) => `let ${name} = ${JSON.stringify(parameters[name])};`).join('\n'),
    execution_count: null,
    outputs: [],
  };
  return { ...notebook, cells: [...cells.slice(0, at + 1), cell, ...cells.slice(at + 1)] };
}

export function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

function declaredNames(source: string): string[] {
  return [...source.matchAll(/^\s*(?:const|let|var)\s+(\w+)/gm)].map(([, name]) => name ?? '');
}
