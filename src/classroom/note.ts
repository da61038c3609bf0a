import { inspect } from 'node:util';

/** A quantity as the student's function has it and as it should be. */
export interface Term {
  /** What it is, such as `denominator, exp(p) + U`. */
  readonly name: string;
  /** As the student's function has it. */
  readonly yours: number;
  /** As it should be. */
  readonly right: number;
}

/** Whether a note says that a solution is right, that it is not, or gives a hint. */
export type Tone = 'right' | 'wrong' | 'hint';

/**
 * What the classroom says to a student: a title, paragraphs, and small tables of terms between them. `notebook.show` and
 * `console.log` show it.
 */
export class Note {
  /** By which `notebook.show` knows it. */
  readonly kind = 'note';

  constructor(
    /** What kind of note it is. */
    readonly tone: Tone,
    /** In a few words. */
    readonly title: string,
    /** Paragraphs, and tables of terms between them. */
    readonly parts: readonly (string | readonly Term[])[],
  ) {}

  /** Whether the exercise is solved. */
  get passed(): boolean {
    return this.tone === 'right';
  }

  /** Title, paragraphs and tables as plain text. */
  get text(): string {
    const parts = this.parts.map((part) => (typeof part === 'string' ? part : textTable(part)));
    return [this.title, ...parts].join('\n\n');
  }

  /** What `console.log` prints: the text. */
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
