import { table } from 'arquero';
import { writeDurably } from '../durable-file.js';
import { InputError } from '../errors.js';
import { encodeSafetensors } from '../weights/index.js';
import type { Embeddings } from './feature-set.js';

/**
 * Writes embeddings to a file, whole or not at all: `.safetensors` holds `features` [count, dimension] and `labels`
 * [count] with the class names in its metadata; `.csv` a row per image, its class first.
 * @throws InputError for another extension, or where the file cannot be written
 */
export async function saveEmbeddings(path: string, embeddings: Embeddings): Promise<void> {
  const contents = encode(path, embeddings);
  try {
    await writeDurably(path, contents);
  } catch (error) {
    throw new InputError(`The embeddings could not be written to ${path}: ${(error as Error).message}.`);
  }
}

function encode(path: string, embeddings: Embeddings): Buffer {
  if (path.endsWith('.safetensors')) return asSafetensors(embeddings);
  if (path.endsWith('.csv')) return asCsv(embeddings);
  throw new InputError(`${path} has no known extension; give a .safetensors or .csv file.`);
}

function asSafetensors({ name, features, count, dimension, labels, classes }: Embeddings): Buffer {
  const tensors = new Map([
    ['features', { shape: [count, dimension], values: features }],
    ['labels', { shape: [count], values: labels }],
  ]);
  return encodeSafetensors({ tensors, metadata: { name, classes: JSON.stringify(classes) } });
}

function asCsv({ features, count, dimension, labels, classes }: Embeddings): Buffer {
  const columns: Record<string, (string | number)[]> = {
    class: Array.from(labels, (label) => classes[label]!),
  };
  for (let f = 0; f < dimension; f++) {
    columns[`feature${f}`] = Array.from({ length: count }, (_, i) => features[i * dimension + f]!);
  }
  return Buffer.from(table(columns).toCSV());
}
