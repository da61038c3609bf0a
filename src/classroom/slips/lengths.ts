import { type Batch, lengthOf, type Row } from '../batch.js';

/** What the embeddings were divided by. */
export type Lengths = 'each row' | 'nothing' | 'whole matrix' | 'columns';

/** Both views' embeddings, scaled in that way. */
export function scaledViews({ z }: Batch, lengths: Lengths): readonly [readonly Row[], readonly Row[]] {
  const [z1, z2] = z.map((rows) => scaledRows(rows, lengths));
  return [z1!, z2!];
}

function scaledRows(rows: readonly Row[], lengths: Lengths): readonly Row[] {
  switch (lengths) {
    case 'nothing':
      return rows;
    case 'each row':
      return rows.map((row) => dividedBy(row, lengthOf(row)));
    case 'whole matrix':
      return rows.map((row) => dividedBy(row, lengthOf(rows.flat())));
    case 'columns': {
      const columns = rows[0]!.map((_, d) => lengthOf(rows.map((row) => row[d]!)));
      return rows.map((row) => row.map((value, d) => value / columns[d]!));
    }
  }
}

function dividedBy(row: Row, length: number): Row {
  return row.map((value) => value / length);
}

/** What to say of each wrong way. */
export const lengthSlips: Readonly<Record<Exclude<Lengths, 'each row'>, string>> = {
  nothing:
    'The embeddings keep their lengths. A cosine compares directions: divide each row by its own length first, or long rows look similar to everything.',
  'whole matrix':
    'The embeddings are divided by the length of the whole matrix, one number. Each row needs its own: tf.norm takes an axis as third argument, and keepDims as fourth.',
  columns:
    'The embeddings are divided by the lengths of the columns. An embedding is a row: take the length along axis 1.',
};
