import { inspect } from 'node:util';

/** A quantity as the student's function has it and as it should be. */
export interface Term {
  readonly name: string;
  readonly yours: number;
  readonly right: number;
}

export type Tone = 'right' | 'wrong' | 'hint';

/**
 * What the classroom says to a student: a title, paragraphs, and small tables of terms between them. `notebook.show` and
 * `console.log` show it.
 */
export class Note {
  readonly kind = 'note';

  constructor(
    readonly tone: Tone,
    readonly title: string,
    readonly parts: readonly (string | readonly Term[])[],
  ) {}

  /** Whether the exercise is solved. */
  get passed(): boolean {
    return this.tone === 'right';
  }

  get text(): string {
    const parts = this.parts.map((part) => (typeof part === 'string' ? part : textTable(part)));
    return [this.title, ...parts].join('\n\n');
  }

  [inspect.custom](): string {
    return this.text;
  }
}

function textTable(terms: readonly Term[]): string {
  const cells = terms.map(({ name, yours, right }) => [name, formatted(yours), formatted(right)]);
  const rows = [['', 'yours', 'right'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([name, ...numbers]) =>
      [name!.padEnd(widths[0]!), ...numbers.map((number, i) => number.padStart(widths[i + 1]!))].join('  '),
    )
    .map((line) => `    ${line.trimEnd()}`)
    .join('\n');
}

/** Four significant digits, as the messages give every number. */
export function formatted(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
