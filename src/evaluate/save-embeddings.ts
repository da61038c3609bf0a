import { setImmediate as nextTurn } from 'node:timers/promises';
import { table } from 'arquero';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { encodeSafetensors } from '../weights/index.js';
import type { Embeddings } from './feature-set.js';

/** What {@link saveEmbeddings} tells meanwhile. */
export interface SaveEmbeddingsOptions {
  /** Called with the rows that have become text, of a `.csv` file, which takes time. What it throws ends the work; nothing is written. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes embeddings to a file, whole or not at all: `.safetensors` holds `features` [count, dimension] and `labels`
 * [count] with the class names in its metadata; `.csv` a row per image, its class first.
 * @throws InputError for another extension, or where the file cannot be written
 */
export async function saveEmbeddings(
  path: string,
  embeddings: Embeddings,
  { onProgress }: SaveEmbeddingsOptions = {},
): Promise<void> {
  const contents = await encode(path, embeddings, onProgress);
  try {
    await writeDurably(path, contents);
  } catch (error) {
    throw new InputError(`The embeddings could not be written to ${path}: ${(error as Error).message}.`);
  }
}

async function encode(
  path: string,
  embeddings: Embeddings,
  onProgress: SaveEmbeddingsOptions['onProgress'],
): Promise<Buffer> {
  if (path.endsWith('.safetensors')) return asSafetensors(embeddings);
  if (path.endsWith('.csv')) return asCsv(embeddings, onProgress);
  throw new InputError(`${path} has no known extension; give a .safetensors or .csv file.`);
}

function asSafetensors({ name, features, count, dimension, labels, classes }: Embeddings): Buffer {
  const tensors = new Map([
    ['features', { shape: [count, dimension], values: features }],
    ['labels', { shape: [count], values: labels }],
  ]);
  return encodeSafetensors({ tensors, metadata: { name, classes: JSON.stringify(classes) } });
}

/** Rows that become text at a time. */
const csvRows = 512;

/** A piece at a time, since the whole may be longer than a string can be. */
async function asCsv(
  embeddings: Embeddings,
  onProgress: SaveEmbeddingsOptions['onProgress'],
): Promise<Buffer> {
  const { count } = embeddings;
  const pieces: Buffer[] = [];
  for (let start = 0; start < count; start += csvRows) {
    const end = Math.min(start + csvRows, count);
    pieces.push(Buffer.from(csvOf(embeddings, start, end)));
    onProgress?.(end, count);
    // A stop is heard between two pieces.
    await nextTurn();
  }
  return Buffer.concat(pieces);
}

/** Rows `start` to `end` as lines, the first of all under the columns' names. */
function csvOf({ features, dimension, labels, classes }: Embeddings, start: number, end: number): string {
  const columns: Record<string, (string | number)[]> = {
    class: Array.from(labels.subarray(start, end), (label) => classes[label]!),
  };
  for (let f = 0; f < dimension; f++) {
    columns[`feature${f}`] = Array.from(
      { length: end - start },
      (_, i) => features[(start + i) * dimension + f]!,
    );
  }
  return table(columns).toCSV({ header: start === 0 });
}
