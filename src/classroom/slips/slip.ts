import type { Batch } from '../batch.js';
import type { Term } from '../note.js';

/** A wrong solution, computed exactly: what gives the same values has the same mistake. */
export interface Slip {
  /** What is wrong, such as `temperature: left out`; two of them where both are. */
  readonly names: readonly string[];
  /** Its result, row by row. */
  values(batch: Batch): readonly number[];
  /** What to say to whoever made it, with the numbers of one value of the result. */
  explain(batch: Batch, index: number): readonly string[];
  /** The quantities behind that value. */
  terms(batch: Batch, index: number): readonly Term[];
}

/** One choice made wrongly, of those that a reading of the exercise consists of. */
export interface Change<Reading> {
  readonly change: Partial<Reading>;
  explain(batch: Batch, index: number): string;
}

/** The right reading of an exercise and the wrong ones near it. */
export interface Readings<Reading> {
  readonly right: Reading;
  readonly changes: readonly Change<Reading>[];
  values(reading: Reading, batch: Batch): readonly number[];
  /** The quantities that differ between a reading and the right one, the result last. */
  terms(reading: Reading, batch: Batch, index: number): readonly Term[];
}

/** Every single change, then every two that can be made together. */
export function* slipsOf<Reading extends object>(readings: Readings<Reading>): Generator<Slip> {
  const { changes } = readings;
  for (const change of changes) yield slip(readings, [change]);
  for (const [index, first] of changes.entries()) {
    for (const second of changes.slice(index + 1)) {
      const clash = Object.keys(second.change).some((field) => field in first.change);
      if (!clash) yield slip(readings, [first, second]);
    }
  }
}

function slip<Reading extends object>(
  { right, values, terms }: Readings<Reading>,
  changes: readonly Change<Reading>[],
): Slip {
  const reading = Object.assign({}, right, ...changes.map(({ change }) => change)) as Reading;
  return {
    names: changes.flatMap(({ change }) =>
      Object.entries(change).map(([field, value]) => `${field}: ${value}`),
    ),
    values: (batch) => values(reading, batch),
    explain(batch, index) {
      const texts = changes.map((change) => change.explain(batch, index));
      if (texts.length === 1) return texts;
      return ['Two things are not right yet.', ...texts.map((text, i) => `${i + 1}. ${text}`)];
    },
    terms: (batch, index) => terms(reading, batch, index),
  };
}
