import { escapeHtml } from './escape.js';
import type { Presentation } from './presentation.js';

/** What is used of an Arquero table. */
export interface TableLike {
  /** Number of rows, also of those that are not shown. */
  numRows(): number;
  /** Names of the columns, from left to right. */
  columnNames(): string[];
  /** The rows, an object each, by the names of the columns; the first `limit` of them. */
  objects(options?: { limit?: number }): object[];
}

/** Rows shown; the number of all rows is given below. */
const mostRows = 25;

export function isTable(value: object): value is TableLike {
  return 'numRows' in value && 'columnNames' in value && 'objects' in value;
}

/** A table with numbers aligned to the right. */
export function presentTable(table: TableLike): Presentation {
  const names = table.columnNames();
  const rows = table.objects({ limit: mostRows }) as Record<string, unknown>[];
  const numeric = names.map((name) =>
    rows.every((row) => typeof row[name] === 'number' || row[name] == null),
  );
  const cells = rows.map((row) => names.map((name) => cellText(row[name])));
  const hidden = table.numRows() - rows.length;
  const note = hidden > 0 ? `${hidden} more of ${table.numRows()} rows` : '';
  return { text: textTable([names, ...cells], numeric, note), html: htmlTable(names, cells, numeric, note) };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(shortNumber(value));
  if (value instanceof Date) return value.toISOString();
  // Typed arrays as arrays, not as objects with a key for each number.
  if (ArrayBuffer.isView(value))
    return JSON.stringify([...(value as unknown as Iterable<number>)].map(shortNumber));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function shortNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

function textTable(rows: readonly (readonly string[])[], numeric: readonly boolean[], note: string): string {
  const widths = numeric.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        numeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  const [heading = '', ...body] = lines;
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [heading, rule, ...body, ...(note === '' ? [] : [note])].join('\n');
}

function htmlTable(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  numeric: readonly boolean[],
  note: string,
): string {
  const align = (column: number) => `style="text-align:${numeric[column] ? 'right' : 'left'}"`;
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text, column) => `<${tag} ${align(column)}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  const body = cells.map((texts) => row('td', texts)).join('\n');
  const caption = note === '' ? '' : `<p>${note}</p>`;
  return `<div style="overflow-x:auto"><table><thead>${row('th', names)}</thead><tbody>\n${body}\n</tbody></table></div>${caption}`;
}
