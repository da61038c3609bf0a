import { createHash } from 'node:crypto';
import { InputError } from '../../errors.js';
import { kernelSpec, languageInfo } from './metadata.js';
import { type Cell, type CellMetadata, type CodeCell, joined, type Notebook } from './notebook.js';

const mark = /^\/\/ %%(?:\s+\[(markdown|raw)\])?(?:\s+tags=(\[.*\]))?\s*$/;

/** A cell before it has an id. */
interface Draft {
  readonly type: Cell['cell_type'];
  readonly tags: readonly string[];
  readonly lines: string[];
}

/**
 * The notebook that a TypeScript file in jupytext's percent format stands for: `// %%` starts a code cell,
 * `// %% [markdown]` a text cell whose lines are comments; `tags=["parameters"]` may follow. Ids come from the cells'
 * contents, so the same text always gives the same notebook.
 *
 * @throws InputError naming the line that does not belong to the format
 */
export function fromSource(text: string): Notebook {
  const drafts: Draft[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('// %%')) drafts.push(openCell(line, index + 1));
    else if (drafts.length > 0)
      drafts.at(-1)?.lines.push(contentLine(line, drafts.at(-1) as Draft, index + 1));
    else if (line.trim() !== '')
      throw new InputError(`line 1 to ${index + 1}: text before the first cell mark (// %%)`);
  }
  const used = new Map<string, number>();
  return {
    cells: drafts.map((draft) => toCell(draft, used)),
    metadata: { kernelspec: kernelSpec, language_info: languageInfo },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The percent-format text of a notebook, without its outputs; `fromSource` reads it back. */
export function toSource(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => {
    const type = cell.cell_type === 'code' ? '' : ` [${cell.cell_type}]`;
    const tags = cell.metadata.tags?.length ? ` tags=${JSON.stringify(cell.metadata.tags)}` : '';
    const source = joined(cell.source);
    const body =
      cell.cell_type === 'code'
        ? source
        : source.replaceAll(/^.*$/gm, (line) => (line === '' ? '//' : `// ${line}`));
    return `// %%${type}${tags}\n${body}`;
  });
  return `${cells.join('\n\n')}\n`;
}

/** `notebook` with the outputs that `previous` has for the same cells, recognised by type and source. */
export function keepOutputs(notebook: Notebook, previous: Notebook): Notebook {
  const executed = new Map<string, CodeCell[]>();
  for (const cell of previous.cells) {
    if (cell.cell_type !== 'code') continue;
    const source = joined(cell.source);
    executed.set(source, [...(executed.get(source) ?? []), cell]);
  }
  const cells = notebook.cells.map((cell) => {
    const same = cell.cell_type === 'code' ? executed.get(joined(cell.source))?.shift() : undefined;
    return same === undefined
      ? cell
      : { ...cell, execution_count: same.execution_count, outputs: same.outputs };
  });
  return { ...notebook, cells: cells as Cell[] };
}

function openCell(line: string, number: number): Draft {
  const match = mark.exec(line);
  if (match === null) {
    throw new InputError(
      `line ${number}: cannot read the cell mark ${line}; write // %% [markdown] tags=["name"]`,
    );
  }
  const [, type, tags = '[]'] = match;
  return { type: (type ?? 'code') as Draft['type'], tags: parseTags(tags, number), lines: [] };
}

function parseTags(text: string, number: number): string[] {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`line ${number}: tags ${text} are no JSON list of strings`);
  }
}

function contentLine(line: string, draft: Draft, number: number): string {
  if (draft.type === 'code' || line.trim() === '') return line;
  if (!line.startsWith('//'))
    throw new InputError(`line ${number}: text of a ${draft.type} cell must start with //`);
  return line.replace(/^\/\/ ?/, '');
}

function toCell(draft: Draft, used: Map<string, number>): Cell {
  const source = draft.lines
    .join('\n')
    .replace(/^(\s*\n)+/, '')
    .trimEnd();
  const hash = createHash('sha256').update(`${draft.type}\n${source}`).digest('hex').slice(0, 12);
  const repetition = used.get(hash) ?? 0;
  used.set(hash, repetition + 1);
  const id = repetition === 0 ? hash : `${hash}-${repetition}`;
  const metadata: CellMetadata = draft.tags.length > 0 ? { tags: draft.tags } : {};
  if (draft.type !== 'code') return { cell_type: draft.type, id, metadata, source };
  return { cell_type: 'code', id, metadata, source, execution_count: null, outputs: [] };
}
